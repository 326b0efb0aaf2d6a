package cloud.stasis.bus;

import cloud.stasis.messages.Command;
import cloud.stasis.messages.Envelope;
import cloud.stasis.messages.Fact;
import cloud.stasis.messages.Message;
import cloud.stasis.messages.MessageCodec;
import cloud.stasis.messages.MessageType;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/// What a worker must not forget, on its own disk: which commands it has accepted, and how they ended.
///
/// One JSON file a command, in `open/` until its outcome was told and in `told/` afterwards; each write is
/// atomic (temporary name, fsync, rename, fsync of the directory). People may read the files; they are 0600
/// because commands carry capabilities. Told entries are kept for [#KEEP_TOLD], so that a command sent again is
/// answered, not repeated. Safe on any thread as long as one command is written by one thread at a time.
public final class CommandJournal {
    /// Longer than any saga waits before it asks again.
    public static final Duration KEEP_TOLD = Duration.ofDays(2);

    private static final Logger LOG = Logger.getLogger(CommandJournal.class);

    private final Path open;
    private final Path told;
    private final Clock clock;
    private final ObjectMapper mapper = MessageCodec.mapper();
    private final MessageCodec codec = new MessageCodec();

    public CommandJournal(Path directory, Clock clock) {
        this.clock = clock;
        try {
            this.open = Files.createDirectories(directory.resolve("open"));
            this.told = Files.createDirectories(directory.resolve("told"));
            removeLeftovers();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open the command journal in " + directory, e);
        }
    }

    Optional<JournalEntry> find(CommandId command) {
        String name = command + ".json";
        for (Path directory : List.of(open, told)) {
            Path file = directory.resolve(name);
            if (Files.exists(file)) {
                try {
                    return Optional.of(read(file));
                } catch (UncheckedIOException e) {
                    // Moved to `told` in between, where the next look finds it.
                    LOG.debugf("A journal entry moved while it was read file=%s", file);
                }
            }
        }
        return Optional.empty();
    }

    /// Entries whose outcome was not told yet, in the order in which they were accepted.
    List<JournalEntry> unfinished() {
        List<JournalEntry> entries = new ArrayList<>();
        try (Stream<Path> files = Files.list(open)) {
            files.filter(file -> file.toString().endsWith(".json")).forEach(file -> entries.add(read(file)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the command journal", e);
        }
        entries.sort(Comparator.comparingLong(JournalEntry::sequence));
        return entries;
    }

    void write(JournalEntry entry) {
        try {
            replace(open.resolve(entry.command().id() + ".json"), mapper.writeValueAsBytes(toJson(entry)));
        } catch (IOException e) {
            throw new StasisException(ErrorCode.NO_SPACE, "cannot write to the command journal", e);
        }
    }

    /// The outcome is on the bus. Losing this mark is harmless: the outcome is told twice.
    void markTold(CommandId command) {
        move(command, Optional.of(told));
    }

    /// Forgets a command, so that it is carried out if it comes again.
    void forget(CommandId command) {
        move(command, Optional.empty());
    }

    private void move(CommandId command, Optional<Path> target) {
        Path file = open.resolve(command + ".json");
        try {
            if (target.isPresent()) {
                Files.move(file, target.get().resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            LOG.debugf("Told already commandId=%s", command);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot update the command journal", e);
        }
    }

    private void removeLeftovers() throws IOException {
        Instant oldest = clock.instant().minus(KEEP_TOLD);
        try (Stream<Path> files = Stream.concat(Files.list(open), Files.list(told))) {
            for (Path file : files.toList()) {
                boolean temporary = file.toString().endsWith(".tmp");
                boolean expired = file.startsWith(told)
                        && Files.getLastModifiedTime(file).toInstant().isBefore(oldest);
                if (temporary || expired) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static void replace(Path file, byte[] content) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private ObjectNode toJson(JournalEntry entry) throws IOException {
        ObjectNode json = mapper.createObjectNode();
        json.put("id", entry.command().id().toString());
        json.put("request_id", entry.command().requestId());
        json.put("sent_at", entry.command().sentAt().toString());
        json.put("sequence", entry.sequence());
        json.put("attempts", entry.attempts());
        json.set("command", tagged(entry.command().payload()));
        if (entry.outcome().isPresent()) {
            json.set("outcome", tagged(entry.outcome().get()));
        }
        return json;
    }

    private ObjectNode tagged(Message message) throws IOException {
        ObjectNode node = mapper.createObjectNode();
        node.put("type", MessageType.of(message).wireName());
        node.set("payload", mapper.readTree(codec.encode(message)));
        return node;
    }

    private JournalEntry read(Path file) {
        try {
            JsonNode json = mapper.readTree(file.toFile());
            Envelope<Command> command = new Envelope<>(
                    UUID.fromString(json.required("id").asText()),
                    json.required("request_id").asText(),
                    Instant.parse(json.required("sent_at").asText()),
                    (Command) untagged(json.required("command")));
            Optional<Fact.Answer> outcome = json.has("outcome")
                    ? Optional.of((Fact.Answer) untagged(json.required("outcome")))
                    : Optional.empty();
            return new JournalEntry(
                    command,
                    json.required("sequence").asLong(),
                    json.required("attempts").asInt(),
                    outcome);
        } catch (FileNotFoundException | NoSuchFileException e) {
            throw new UncheckedIOException("the journal entry is gone", e);
        } catch (IOException | RuntimeException e) {
            LOG.errorf(e, "A journal entry cannot be read file=%s", file);
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT, "journal entry " + file.getFileName() + " cannot be read", e);
        }
    }

    private Message untagged(JsonNode node) throws IOException {
        MessageType type = MessageType.ofWireName(node.required("type").asText());
        return codec.decode(type, mapper.writeValueAsBytes(node.required("payload")));
    }
}
