package cloud.stasis.image.sync;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.function.LongSupplier;

/// Lets at most so many bytes pass in a second, over all threads that share it. A second's worth may pass at once.
final class Pace {
    /// How a thread waits; tests do not.
    @FunctionalInterface
    interface Pause {
        void pause(Duration time) throws InterruptedException;
    }

    private static final long SECOND = 1_000_000_000L;

    private final long perSecond;
    private final LongSupplier nanos;
    private final Pause pause;
    /// Until when what has passed takes.
    private long busyUntil;

    private Pace(long perSecond, LongSupplier nanos, Pause pause) {
        this.perSecond = perSecond;
        this.nanos = nanos;
        this.pause = pause;
        this.busyUntil = nanos.getAsLong();
    }

    /// @param perSecond zero for no limit
    static Pace of(ByteCount perSecond) {
        return of(perSecond, System::nanoTime, Thread::sleep);
    }

    static Pace of(ByteCount perSecond, LongSupplier nanos, Pause pause) {
        return new Pace(perSecond.bytes(), nanos, pause);
    }

    /// Waits until these bytes may pass.
    void pass(long bytes) {
        if (perSecond == 0) {
            return;
        }
        long wait;
        synchronized (this) {
            long now = nanos.getAsLong();
            busyUntil = Math.max(busyUntil, now - SECOND) + (long) ((double) bytes / perSecond * SECOND);
            wait = busyUntil - now;
        }
        if (wait > 0) {
            try {
                pause.pause(Duration.ofNanos(wait));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StasisException(ErrorCode.CANCELLED, "a copy between sites was interrupted", e);
            }
        }
    }
}
