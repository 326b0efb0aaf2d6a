package cloud.stasis.volume.driver;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;

/// A driver that can make volumes larger.
public interface Growing {
    /// Repeatable. Snapshots keep the size that they have.
    ///
    /// @throws StasisException `VOLUME_NOT_FOUND`, `WRONG_STATE` while anything writes to it; `INVALID_REQUEST` for
    /// a size that is smaller, or that no volume can have
    void grow(VolumeId volume, ByteCount size);
}
