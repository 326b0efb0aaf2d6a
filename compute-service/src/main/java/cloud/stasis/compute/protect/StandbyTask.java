package cloud.stasis.compute.protect;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Something that a standby does in a thread of its own, since it may take longer than an answer may.
record StandbyTask(FutureTask<@Nullable Void> task, Thread thread) {
    static StandbyTask begin(String name, Runnable body) {
        FutureTask<@Nullable Void> task = new FutureTask<>(body, null);
        return new StandbyTask(
                task, Thread.ofPlatform().daemon().name("standby-" + name).start(task));
    }

    boolean isDone() {
        return task.isDone();
    }

    /// Asks it to end early: what it reads and writes fails.
    void interrupt() {
        thread.interrupt();
    }

    /// @return false if it takes longer
    /// @throws StasisException what it failed with
    boolean await(Duration patience) {
        try {
            task.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StasisException known
                    ? known
                    : new StasisException(ErrorCode.INTERNAL, "a standby failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.OUTCOME_UNKNOWN, "interrupted while a standby is waited for", e);
        }
    }
}
