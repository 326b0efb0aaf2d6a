package cloud.stasis.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Waits for what another thread or process brings about, and for no longer than a deadline. For states that nobody
/// announces: who can be told, waits on a latch or a future.
public final class Until {
    /// Between two looks.
    private static final Duration PAUSE = Duration.ofMillis(10);

    private Until() {}

    /// Returns when `state` says yes.
    ///
    /// @throws AssertionError when the deadline is over
    public static void reached(Duration deadline, Callable<Boolean> state) throws Exception {
        long end = System.nanoTime() + deadline.toNanos();
        while (!state.call()) {
            requireTime(end, deadline);
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /// The same for a state that a process brings about, which has to stay alive meanwhile.
    ///
    /// @param said what it said, if it did not
    public static void reachedBy(Process process, Duration deadline, Callable<Boolean> state, Callable<?> said)
            throws Exception {
        long end = System.nanoTime() + deadline.toNanos();
        while (!state.call()) {
            requireTime(end, deadline);
            if (process.waitFor(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the process ended with " + process.exitValue() + ": " + said.call());
            }
        }
    }

    private static void requireTime(long end, Duration deadline) {
        if (System.nanoTime() - end > 0) {
            throw new AssertionError("it did not come about within " + deadline.toSeconds() + " s");
        }
    }
}
