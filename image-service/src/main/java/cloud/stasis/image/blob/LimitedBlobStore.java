package cloud.stasis.image.blob;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Takes no more of a backend than it is given: so many bytes a second, read and written together, and so many
/// calls at once. Who would wait for too long is told that the store is busy.
public final class LimitedBlobStore extends BlobStoreDecorator {
    /// Longer than a full turn of calls takes on a slow line.
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /// What may be moved at once after a pause, in time: one large pack is not spread over seconds for nothing.
    private static final Duration BURST = Duration.ofSeconds(1);

    private final long bytesPerSecond;
    private final Semaphore calls;
    private long paidUntil = System.nanoTime();

    /// @param bytesPerSecond zero for no limit
    /// @param calls under way at once
    public LimitedBlobStore(BlobStore store, ByteCount bytesPerSecond, int calls) {
        super(store);
        this.bytesPerSecond = bytesPerSecond.bytes();
        this.calls = new Semaphore(calls, true);
    }

    @Override
    public void put(ObjectName name, byte[] bytes) {
        pay(bytes.length);
        limited(() -> {
            store.put(name, bytes);
            return name;
        });
    }

    @Override
    public byte[] get(ObjectName name, ByteCount limit) {
        byte[] bytes = limited(() -> store.get(name, limit));
        // How much it is, is known afterwards.
        pay(bytes.length);
        return bytes;
    }

    @Override
    public void read(ObjectName name, long offset, ByteBuffer into) {
        pay(into.remaining());
        limited(() -> {
            store.read(name, offset, into);
            return name;
        });
    }

    @Override
    public boolean exists(ObjectName name) {
        return limited(() -> store.exists(name));
    }

    @Override
    public void delete(ObjectName name) {
        limited(() -> {
            store.delete(name);
            return name;
        });
    }

    @Override
    public Optional<byte[]> note(NoteName name) {
        return limited(() -> store.note(name));
    }

    private <T> T limited(Supplier<T> call) {
        try {
            if (!calls.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StasisException(
                        ErrorCode.STORE_UNAVAILABLE, "too many calls wait for the store: it answers too slowly");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        try {
            return call.get();
        } finally {
            calls.release();
        }
    }

    /// Waits until so many bytes may be moved.
    private void pay(long bytes) {
        if (bytesPerSecond <= 0) {
            return;
        }
        long wait;
        synchronized (this) {
            long now = System.nanoTime();
            paidUntil = Math.max(paidUntil, now - BURST.toNanos());
            wait = paidUntil - now;
            paidUntil += (long) (bytes * 1e9 / bytesPerSecond);
        }
        if (wait > 0) {
            try {
                TimeUnit.NANOSECONDS.sleep(wait);
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
    }

    private static StasisException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new StasisException(ErrorCode.CANCELLED, "waiting for the store was interrupted", cause);
    }
}
