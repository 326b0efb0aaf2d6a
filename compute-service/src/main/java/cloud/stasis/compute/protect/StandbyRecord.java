package cloud.stasis.compute.protect;

import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProtectionId;
import java.time.Instant;
import java.util.Optional;

/// `standby.json`: what a host knows of a standby that it keeps.
///
/// @param secret that its source shows
/// @param durable the last epoch whose redo file is not needed any more; 0 if none
/// @param at the instant of that epoch
/// @param taken whether it has become an instance, or is about to: nothing is received any more
record StandbyRecord(
        ProtectionId protection,
        InstanceId instance,
        String secret,
        Instant since,
        long durable,
        Optional<Instant> at,
        Life life) {
    enum Life {
        RECEIVING,
        TAKEN
    }

    StandbyRecord with(long epoch, Instant instant) {
        return new StandbyRecord(protection, instance, secret, since, epoch, Optional.of(instant), life);
    }

    StandbyRecord taken() {
        return new StandbyRecord(protection, instance, secret, since, durable, at, Life.TAKEN);
    }

    @Override
    public String toString() {
        return "StandbyRecord[protection=" + protection + ", instance=" + instance + ", durable=" + durable + ", life="
                + life + "]";
    }
}
