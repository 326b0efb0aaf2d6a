package cloud.stasis.gateway.saga;

import java.time.Duration;

/// How long a saga waits before it asks again.
///
/// @param silence of a worker after which it is asked again
/// @param firstDelay after the first failure of a command; doubled for each further one
/// @param longestDelay never more than this
/// @param lateness by which a saga may be woken too late
public record Patience(Duration silence, Duration firstDelay, Duration longestDelay, Duration lateness) {
    private static final int MOST_DOUBLINGS = 20;

    /// @param failures of a command so far, at least 1
    Duration delayAfter(int failures) {
        Duration delay = firstDelay.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
        return delay.compareTo(longestDelay) < 0 ? delay : longestDelay;
    }
}
