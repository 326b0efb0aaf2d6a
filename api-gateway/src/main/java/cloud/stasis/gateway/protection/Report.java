package cloud.stasis.gateway.protection;

import cloud.stasis.messages.ProtectionStatus;
import java.time.Duration;
import java.time.Instant;

/// What one of its two hosts told last of a protection.
///
/// @param toldAt when, by our clock
/// @param movedAt when its epoch was another one than before, by our clock
/// @param alone of a standby: times in a row that it was heard of and its source was not
public record Report(ProtectionStatus status, Instant toldAt, Instant movedAt, int alone) {
    /// Of several heartbeats: what was told longer ago may not be so any more.
    public static final Duration FRESH = Duration.ofSeconds(15);

    public boolean isFresh(Instant now) {
        return toldAt.plus(FRESH).isAfter(now);
    }
}
