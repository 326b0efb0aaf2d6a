package cloud.stasis.volume.driver;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.util.Optional;

/// A driver that can copy volumes by itself.
public interface Copying {
    /// Makes a volume that holds what `source` does now, or did at `snapshot`, independent of it from then on.
    /// Repeatable; a crash leaves nothing that a second call or [VolumeDriver#delete] does not put right. No
    /// other call about the source overlaps.
    ///
    /// @param size at least that of the source; what is more reads as zeros
    /// @throws StasisException `VOLUME_NOT_FOUND`, `SNAPSHOT_NOT_FOUND`, `NO_SPACE`; `WRONG_STATE` while anything
    /// writes to the source and no snapshot is given
    void copy(VolumeId volume, ByteCount size, VolumeId source, Optional<SnapshotId> snapshot);
}
