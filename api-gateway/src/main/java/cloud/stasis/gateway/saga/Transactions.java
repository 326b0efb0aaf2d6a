package cloud.stasis.gateway.saga;

import java.util.function.Supplier;

/// Runs work in database transactions, read committed. This is the one place where the gateway repeats work that
/// the database rolled back: for a deadlock, a lock that was waited for too long, or a row that someone else
/// changed in between.
public interface Transactions {
    /// Runs `work` in a new transaction and commits it. Anything that it throws rolls back and is thrown on,
    /// unless it means that the same work may succeed now: then all of `work` is run again, some times. So `work`
    /// has no effect but on the database.
    <T> T call(Supplier<T> work);

    default void run(Runnable work) {
        call(() -> {
            work.run();
            return true;
        });
    }

    /// Within a transaction: does `action` once it has committed, on the same thread; never if it does not.
    void afterCommit(Runnable action);
}
