package cloud.stasis.image.sync;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.format.BlobKind;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackBuilder;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Moves the blobs of one copy, several groups at once: each is fetched, verified, put into the one pack that is
/// being filled, and whoever fills it brings it over. Whoever wants more than the lanes can carry waits. Used by
/// one thread; closed by it also when something failed.
final class Lanes implements AutoCloseable {
    /// Groups on their way at once: each holds an answer of up to 8 MiB, and a pack of up to 8 MiB.
    static final int COUNT = 4;

    private static final int CLOSE_SECONDS = 5;

    private record Wanted(Digest digest, int length) {}

    private final BlobExchange from;
    private final BlobExchange to;
    private final Pace pace;
    private final CopyWatch watch;
    private final Semaphore free = new Semaphore(COUNT);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    /// The first one.
    private volatile @Nullable Throwable failure;
    private final PackBuilder pack = new PackBuilder();
    private List<Wanted> group = new ArrayList<>();

    Lanes(BlobExchange from, BlobExchange to, Pace pace, CopyWatch watch) {
        this.from = from;
        this.to = to;
        this.pace = pace;
        this.watch = watch;
    }

    /// A chunk that the other side lacks.
    void want(Digest digest, int length) {
        group.add(new Wanted(digest, length));
        if (group.size() == BlobExchange.MAX_FETCH) {
            dispatch();
        }
    }

    /// A blob that was fetched and verified already.
    void send(BlobKind kind, Digest digest, StoredBlob blob) {
        pace.pass(blob.length());
        add(kind, digest, blob).ifPresent(to::put);
        watch.travelled(1, ByteCount.ofBytes(blob.length()));
    }

    /// Everything that was wanted is on the other side when it returns.
    void finish() {
        if (!group.isEmpty()) {
            dispatch();
        }
        acquire(COUNT);
        rethrow();
        if (!pack.isEmpty()) {
            to.put(pack.build());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                // They end with the deadlines of their calls, and what they bring is used by nobody.
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        pack.close();
    }

    private void dispatch() {
        List<Wanted> sent = group;
        group = new ArrayList<>();
        acquire(1);
        rethrow();
        threads.execute(() -> {
            try {
                move(sent);
            } catch (RuntimeException | Error e) {
                fail(e);
            } finally {
                free.release();
            }
        });
    }

    private void move(List<Wanted> wanted) {
        watch.checkCancelled();
        List<StoredBlob> came = from.fetch(wanted.stream().map(Wanted::digest).toList());
        byte[] plain = new byte[StoredBlob.MAX_PLAIN_BYTES];
        long stored = 0;
        long settled = 0;
        for (int at = 0; at < wanted.size(); at++) {
            verify(wanted.get(at), came.get(at), plain);
            stored += came.get(at).length();
            settled += wanted.get(at).length();
        }
        pace.pass(stored);
        for (int at = 0; at < wanted.size(); at++) {
            add(BlobKind.CHUNK, wanted.get(at).digest(), came.get(at)).ifPresent(to::put);
        }
        watch.travelled(wanted.size(), ByteCount.ofBytes(stored));
        watch.settled(ByteCount.ofBytes(settled));
    }

    private static void verify(Wanted wanted, StoredBlob blob, byte[] plain) {
        if (blob.plainLength() != wanted.length()) {
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT, "the chunk " + wanted.digest() + " is not as long as its leaf");
        }
        blob.decode(wanted.digest(), plain, 0);
        if (StoredBlob.isZero(plain, 0, blob.plainLength())) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a chunk of zeros is never stored");
        }
    }

    /// @return the pack, if that filled it
    private synchronized Optional<Pack> add(BlobKind kind, Digest digest, StoredBlob blob) {
        pack.addStored(kind, digest, blob);
        return pack.isFull() ? Optional.of(pack.build()) : Optional.empty();
    }

    private void acquire(int lanes) {
        try {
            free.acquire(lanes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "a copy between sites was interrupted", e);
        }
    }

    private synchronized void fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
    }

    private void rethrow() {
        Throwable first = failure;
        switch (first) {
            case null -> {}
            // With this thread's stack as well.
            case StasisException known ->
                throw new StasisException(known.code(), known.report().message(), known);
            default -> throw new IllegalStateException("a copy between sites failed", first);
        }
    }
}
