package cloud.stasis.compute.host;

import cloud.stasis.model.ByteCount;
import java.time.Duration;

/// Deadlines of what is done to guests.
///
/// @param freeze how long a guest may stay frozen; Windows thaws itself after 10 s
/// @param pause how long a guest may stay paused for its memory to be saved, besides the time for its size
/// @param shutdown how long a guest may take to power off before the plug is pulled
public record Limits(Duration freeze, Duration pause, Duration shutdown) {
    public static final Limits DEFAULT =
            new Limits(Duration.ofSeconds(9), Duration.ofSeconds(10), Duration.ofSeconds(20));

    /// A slow disk takes so much memory in a second.
    private static final long MIB_SAVED_PER_SECOND = 64;

    public Duration pauseFor(ByteCount memory) {
        return pause.plusSeconds(memory.mibRoundedUp() / MIB_SAVED_PER_SECOND);
    }
}
