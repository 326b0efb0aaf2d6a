package cloud.stasis.model;

import java.time.Duration;

/// What the owner of a protected instance chose.
///
/// @param interval between the instants of two epochs; a link or a standby that cannot keep up makes it longer
public record ProtectionSettings(Duration interval, Output output) {
    /// Ten epochs a second: a pause of some milliseconds then costs the guest less than a tenth of its time.
    public static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);

    public static final Duration LONGEST_INTERVAL = Duration.ofMinutes(10);

    public ProtectionSettings {
        if (interval.compareTo(SHORTEST_INTERVAL) < 0 || interval.compareTo(LONGEST_INTERVAL) > 0) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "the interval of a protection is between 100 ms and 10 minutes");
        }
    }

    /// When what the guest sends leaves its host.
    public enum Output {
        /// Once the epoch that covers it is on the standby, so that nobody has ever heard of what a take-over loses.
        HELD,
        /// At once.
        FREE
    }
}
