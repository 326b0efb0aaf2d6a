package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackDirectory;
import cloud.stasis.chunks.format.PackEntry;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// What those who write, read and collect share.
///
/// **The gate.** Who makes something reachable or durable (a pack, a seal, a drop, a hold) passes it together
/// with others of its kind; who removes something passes it alone, after looking at what became reachable since
/// it made its plan. So nothing is removed between being found and being named.
final class StoreState {
    /// How often a blob is looked for when its pack is rewritten under the reader's hands.
    private static final int FETCH_ATTEMPTS = 5;

    /// Others are let through again when the gate does not open for so long.
    private static final Duration GATE_PATIENCE = Duration.ofMillis(50);

    /// So often, about two minutes in all; then the store is too busy.
    private static final int GATE_ATTEMPTS = 1200;

    private static final Duration GATE_PAUSE = Duration.ofMillis(50);

    final BlobStore store;
    final Clock clock;
    final Uptime uptime;
    final Retention retention;
    final BlobDirectory directory = new BlobDirectory();
    final WholeNodes whole = new WholeNodes();
    final Leases leases;
    final ReadWriteLock gate = new ReentrantReadWriteLock();

    /// Manifests that a reference let go of, and when.
    final Map<ManifestId, Duration> released = new ConcurrentHashMap<>();

    /// What became reachable since the collector asked last.
    final Queue<Content> named = new ConcurrentLinkedQueue<>();

    /// The same for manifests.
    final Queue<ManifestId> sealed = new ConcurrentLinkedQueue<>();

    /// Whether anybody asks.
    volatile boolean collecting;

    StoreState(BlobStore store, Clock clock, Uptime uptime, Retention retention) {
        this.store = store;
        this.clock = clock;
        this.uptime = uptime;
        this.retention = retention;
        this.leases = new Leases(retention.silence());
    }

    /// The stored bytes of a blob, unverified.
    ///
    /// @throws StasisException `MISSING_OBJECT`
    StoredBlob fetch(Digest digest) {
        for (int attempt = 1; ; attempt++) {
            BlobDirectory.Found found = directory
                    .find(digest)
                    .orElseThrow(
                            () -> new StasisException(ErrorCode.MISSING_OBJECT, "the store has no blob " + digest));
            try {
                return read(found.pack(), found.entry());
            } catch (StasisException e) {
                if (e.code() != ErrorCode.OBJECT_NOT_FOUND || attempt == FETCH_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    StoredBlob read(Digest pack, PackEntry entry) {
        byte[] bytes = new byte[entry.storedLength()];
        store.read(ObjectName.pack(pack), entry.offset(), ByteBuffer.wrap(bytes));
        return new StoredBlob(entry.encoding(), entry.plainLength(), bytes, 0, bytes.length);
    }

    /// Runs something when nobody else is inside the gate.
    void alone(Runnable step) {
        enter();
        try {
            step.run();
        } finally {
            gate.writeLock().unlock();
        }
    }

    /// Does not wait in line for long: whoever came after would wait behind it.
    private void enter() {
        try {
            for (int attempt = 0; attempt < GATE_ATTEMPTS; attempt++) {
                if (gate.writeLock().tryLock(GATE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                Thread.sleep(GATE_PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "the upkeep of the store was interrupted", e);
        }
        throw new StasisException(ErrorCode.TOO_BUSY, "the store is too busy for its upkeep: it is tried again later");
    }

    /// What is in a pack, by its directory alone.
    List<PackEntry> readDirectory(ObjectName pack, ByteCount size) {
        if (size.bytes() > Pack.MAX_BYTES) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a pack has at most " + Pack.MAX_BYTES + " bytes");
        }
        ByteBuffer trailer = read(pack, size, PackDirectory.trailerBytes());
        return PackDirectory.parse(read(pack, size, PackDirectory.tailLength(trailer)), size.bytes());
    }

    private ByteBuffer read(ObjectName pack, ByteCount size, int tail) {
        if (size.bytes() < tail) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a pack is too short");
        }
        ByteBuffer bytes = ByteBuffer.allocate(tail);
        store.read(pack, size.bytes() - tail, bytes);
        return bytes.flip();
    }

    /// Tells a collector that is at work. To be called inside the gate, before the caller leaves it.
    void became(Content content) {
        if (collecting) {
            named.add(content);
        }
    }

    void became(ManifestId manifest) {
        if (collecting) {
            sealed.add(manifest);
        }
    }
}
