package cloud.stasis.gateway.fleet;

import cloud.stasis.messages.LooseFile;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import java.time.Instant;
import java.util.List;

/// A storage backend of volumes as it last told.
///
/// @param name by which types of volumes choose it; several may have the same
/// @param loose disks in its directory that are no volumes
public record Backend(
        BackendId id, String name, ByteCount total, ByteCount free, List<LooseFile> loose, Instant lastSeen) {
    /// Of one that does not tell.
    public static final String STANDARD_NAME = "stasis";

    public Backend {
        loose = List.copyOf(loose);
    }

    public boolean isAlive(Instant now) {
        return lastSeen.plus(Host.SILENCE_LIMIT).isAfter(now);
    }
}
