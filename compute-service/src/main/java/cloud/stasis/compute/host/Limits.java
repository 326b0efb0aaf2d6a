package cloud.stasis.compute.host;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Duration;

/// Deadlines of what is done to guests.
///
/// @param freeze how long a guest may stay frozen; Windows thaws itself after 10 s
/// @param pause how long a guest may stay paused for its memory to be saved, besides the time for its size
/// @param shutdown how long a guest may take to power off before the plug is pulled
/// @param depth how many layers a disk may stand on each other; 8 cost a guest 40 % of its sequential
///     reads, 32 half of its random ones, too
public record Limits(Duration freeze, Duration pause, Duration shutdown, int depth) {
    public static final int MIN_DEPTH = 3;
    public static final Limits DEFAULT =
            new Limits(Duration.ofSeconds(9), Duration.ofSeconds(10), Duration.ofSeconds(20), 8);

    public Limits {
        if (depth < MIN_DEPTH) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "a disk has at least " + MIN_DEPTH + " layers: the guest's and a snapshot's");
        }
    }

    /// A slow disk takes so much memory in a second.
    private static final long MIB_SAVED_PER_SECOND = 64;

    /// A guest that is about to be off misses nothing while it stands still.
    private static final int PAUSES_OF_A_SUSPEND = 10;

    public Duration pauseFor(ByteCount memory) {
        return pause.plusSeconds(memory.mibRoundedUp() / MIB_SAVED_PER_SECOND);
    }

    /// How long a guest that is being suspended may stand still.
    public Duration suspendFor(ByteCount memory) {
        return pauseFor(memory).multipliedBy(PAUSES_OF_A_SUSPEND);
    }
}
