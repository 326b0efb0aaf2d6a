package cloud.stasis.image.http;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Bounds how many calls of a kind hold memory at once. The others wait with their sockets paused, in the order
/// in which they came. Where callers are told apart, each has a share of its own as well: whoever has used it up
/// waits for itself, and keeps nobody else waiting.
final class Slots {
    /// One of the slots; to be closed.
    interface Slot extends AutoCloseable {
        @Override
        void close();
    }

    /// What one caller may have, while it has or waits for any.
    private static final class Share {
        final Semaphore free;
        int users;

        Share(int most) {
            this.free = new Semaphore(most, true);
        }
    }

    private final Semaphore slots;
    private final int mostOfOne;
    private final Duration deadline;
    private final Map<String, Share> shares = new HashMap<>();

    Slots(int count, Duration deadline) {
        this(count, count, deadline);
    }

    /// @param mostOfOne that one caller may have
    Slots(int count, int mostOfOne, Duration deadline) {
        this.slots = new Semaphore(count, true);
        this.mostOfOne = mostOfOne;
        this.deadline = deadline;
    }

    /// @throws StasisException `STORE_UNAVAILABLE` if none gets free in time
    Slot acquire() {
        take(slots, "the store is busy with other transfers: try again later");
        return slots::release;
    }

    /// @param caller whose share it is taken from
    /// @throws StasisException `STORE_UNAVAILABLE` if none gets free in time
    Slot acquire(String caller) {
        Share share = enter(caller);
        try {
            take(share.free, "the store is busy with other transfers of yours: let them end first");
            try {
                Slot slot = acquire();
                return () -> {
                    slot.close();
                    share.free.release();
                    leave(caller, share);
                };
            } catch (StasisException e) {
                share.free.release();
                throw e;
            }
        } catch (StasisException e) {
            leave(caller, share);
            throw e;
        }
    }

    private void take(Semaphore from, String otherwise) {
        try {
            if (!from.tryAcquire(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StasisException(ErrorCode.STORE_UNAVAILABLE, otherwise);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "a request was interrupted", e);
        }
    }

    private synchronized Share enter(String caller) {
        Share share = shares.computeIfAbsent(caller, _ -> new Share(mostOfOne));
        share.users++;
        return share;
    }

    private synchronized void leave(String caller, Share share) {
        share.users--;
        if (share.users == 0) {
            shares.remove(caller);
        }
    }
}
