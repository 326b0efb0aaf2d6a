package cloud.stasis.image.repository;

import java.time.Duration;

/// Time since the store was opened. It only grows, whatever the clock of the machine does.
@FunctionalInterface
public interface Uptime {
    Duration now();

    static Uptime fromNow() {
        long start = System.nanoTime();
        return () -> Duration.ofNanos(System.nanoTime() - start);
    }
}
