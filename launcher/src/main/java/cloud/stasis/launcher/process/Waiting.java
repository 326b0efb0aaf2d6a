package cloud.stasis.launcher.process;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Waiting for a state of the outside world that sends no notice.
public final class Waiting {
    private Waiting() {}

    /// True as soon as the condition holds, false when the deadline has passed without.
    public static boolean until(Duration deadline, Duration poll, BooleanSupplier condition) {
        long end = System.nanoTime() + deadline.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() >= end) {
                return false;
            }
            try {
                Thread.sleep(poll);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
