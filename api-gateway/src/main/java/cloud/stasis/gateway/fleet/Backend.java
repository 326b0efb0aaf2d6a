package cloud.stasis.gateway.fleet;

import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import java.time.Instant;

/// A storage backend of volumes as it last told.
public record Backend(BackendId id, ByteCount total, ByteCount free, Instant lastSeen) {
    public boolean isAlive(Instant now) {
        return lastSeen.plus(Host.SILENCE_LIMIT).isAfter(now);
    }
}
