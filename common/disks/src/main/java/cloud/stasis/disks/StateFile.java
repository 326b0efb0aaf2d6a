package cloud.stasis.disks;

import cloud.stasis.messages.MessageCodec;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;

/// A record kept in a JSON file. A write is atomic and durable: whoever reads, also after a power cut, sees the old
/// record or the new one. One thread at a time writes one file.
public final class StateFile<T extends Record> {
    private static final ObjectMapper MAPPER = MessageCodec.mapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final String UNFINISHED = ".new";

    private final Path file;
    private final Class<T> type;

    public StateFile(Path file, Class<T> type) {
        this.file = file;
        this.type = type;
    }

    /// Empty if the file is not there.
    ///
    /// @throws StasisException `MALFORMED_OBJECT` if it is there and cannot be understood
    public Optional<T> read() {
        try {
            return Optional.of(MAPPER.readValue(Files.readAllBytes(file), type));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JsonProcessingException e) {
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT, "the state file " + file.getFileName() + " cannot be understood", e);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    public void write(T state) {
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        try {
            byte[] json = MAPPER.writeValueAsBytes(state);
            try (FileChannel channel = FileChannel.open(
                    unfinished,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer buffer = ByteBuffer.wrap(json);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            syncDirectoryOf(file);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    public void delete() {
        try {
            Files.deleteIfExists(file);
            syncDirectoryOf(file);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /// Makes a name that was given or taken away survive a power cut.
    private static void syncDirectoryOf(Path file) throws IOException {
        Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private StasisException unusable(IOException e) {
        return HostFiles.failure("use the state file " + file.getFileName(), e);
    }
}
