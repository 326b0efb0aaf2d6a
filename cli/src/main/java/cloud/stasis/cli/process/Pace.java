package cloud.stasis.cli.process;

import java.time.Duration;

/// How one rests between two questions.
@FunctionalInterface
public interface Pace {
    void rest(Duration time);

    /// Sleeps. An interruption ends the rest and stays set.
    Pace REAL = time -> {
        try {
            Thread.sleep(time);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    };
}
