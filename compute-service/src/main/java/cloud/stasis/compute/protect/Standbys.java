package cloud.stasis.compute.protect;

import cloud.stasis.compute.host.Host;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.messages.ProtectionStatus;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.StasisException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/// The standbys that this host keeps for instances of others. Any thread.
public final class Standbys {
    private static final Logger LOG = Logger.getLogger(Standbys.class);

    /// As many bytes as nobody guesses.
    private static final int SECRET_BYTES = 32;

    private final Host host;
    private final Path directory;
    private final StandbyContents contents;
    private final Map<ProtectionId, Standby> standbys = new ConcurrentHashMap<>();

    public Standbys(Host host) {
        this.host = host;
        this.directory = host.instances().layout().compute().resolve("standbys");
        this.contents = new StandbyContents(host, directory);
    }

    /// Opens those that a former process kept.
    public void start() {
        HostFiles.closedDirectory(directory);
        for (Path kept : HostFiles.list(directory)) {
            try {
                Standby.record(kept).ifPresent(record -> standbys.put(record.protection(), open(record)));
            } catch (StasisException e) {
                LOG.errorf(e, "A standby cannot be opened directory=%s", kept.getFileName());
            }
        }
    }

    /// @return the secret of its source; always the same of one protection
    public String prepare(InstanceId instance, ProtectionId protection) {
        HostFiles.closedDirectory(directory);
        Standby standby = standbys.computeIfAbsent(
                protection,
                _ -> open(new StandbyRecord(
                        protection,
                        instance,
                        secret(),
                        host.clock().instant(),
                        0,
                        Optional.empty(),
                        StandbyRecord.Life.RECEIVING)));
        if (!standby.record().instance().equals(instance)) {
            throw new StasisException(ErrorCode.NAME_TAKEN, "the protection is one of another instance");
        }
        return standby.record().secret();
    }

    private Standby open(StandbyRecord record) {
        return Standby.open(
                directory.resolve(record.protection().toString()),
                host.instances().layout().memory().resolve("standby-" + record.protection()),
                host.space(),
                record);
    }

    private static String secret() {
        byte[] bytes = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /// Repeatable.
    public void discard(ProtectionId protection) {
        Standby standby = standbys.remove(protection);
        if (standby != null) {
            standby.discard();
        }
    }

    Optional<Standby> find(ProtectionId protection) {
        return Optional.ofNullable(standbys.get(protection));
    }

    public StandbyState state(String protection, String secret) {
        return allowed(protection, secret).state();
    }

    public StandbyState receive(
            String protection, String secret, long epoch, long offset, long total, InputStream body) {
        return allowed(protection, secret).receive(epoch, offset, total, body);
    }

    /// @return how much of a content is here
    public long hasOf(String protection, String secret, String index, long total) {
        allowed(protection, secret);
        return contents.has(IndexId.parse(index), total);
    }

    public void receiveContent(
            String protection, String secret, String index, long offset, long total, InputStream body) {
        allowed(protection, secret);
        contents.receive(IndexId.parse(index), offset, total, body);
    }

    /// Whether there is no such standby or the secret is another one is not told.
    private Standby allowed(String protection, String secret) {
        Optional<Standby> standby = find(ProtectionId.parse(protection));
        String expected = standby.map(found -> found.record().secret()).orElse("");
        boolean isRight = MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8));
        if (standby.isEmpty() || !isRight) {
            throw new StasisException(ErrorCode.PROTECTION_NOT_FOUND, "this host keeps no such standby");
        }
        return standby.get();
    }

    public List<ProtectionStatus> statuses() {
        return standbys.values().stream()
                .map(standby -> standby.status(host.clock().instant()))
                .toList();
    }
}
