package cloud.stasis.messages;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProtectionId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How one side of a protection is doing.
///
/// @param epoch the last one that the standby acknowledged (source) or has complete (standby); 0 if none
/// @param at the instant of that epoch by the clock of the source, or when the protection began
/// @param interval in force; longer than what was asked for if the link cannot keep up. Zero on the standby
/// @param pause the median of the late ones. Zero on the standby
/// @param sent to the standby, or received there, as it travelled
/// @param reason why it is not protected, in words that may be shown to the owner
public record ProtectionStatus(
        ProtectionId protection,
        InstanceId instance,
        Role role,
        Health health,
        long epoch,
        Instant at,
        Duration interval,
        Duration pause,
        ByteCount sent,
        Optional<String> reason) {
    public enum Role {
        SOURCE,
        STANDBY
    }

    public enum Health {
        /// A whole epoch is on its way: after the beginning, or after layers were exchanged.
        SYNCING,
        PROTECTED,
        /// The last complete epoch grows old, and it will catch up by itself: the link is lost or too slow, or the
        /// instance is off.
        DEGRADED,
        /// It will not catch up by itself.
        BROKEN
    }
}
