package cloud.stasis.image.http;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Bounds how many calls of a kind hold memory at once. The others wait with their sockets paused, in the order
/// in which they came.
final class Slots {
    /// One of the slots; to be closed.
    interface Slot extends AutoCloseable {
        @Override
        void close();
    }

    private final Semaphore slots;
    private final Duration deadline;

    Slots(int count, Duration deadline) {
        this.slots = new Semaphore(count, true);
        this.deadline = deadline;
    }

    /// @throws StasisException `STORE_UNAVAILABLE` if none gets free in time
    Slot acquire() {
        try {
            if (!slots.tryAcquire(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StasisException(
                        ErrorCode.STORE_UNAVAILABLE, "the store is busy with other transfers: try again later");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "a request was interrupted", e);
        }
        return slots::release;
    }
}
