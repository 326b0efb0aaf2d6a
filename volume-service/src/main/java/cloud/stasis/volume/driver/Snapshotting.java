package cloud.stasis.volume.driver;

import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;

/// A driver that keeps earlier contents of volumes. Its time does not grow with the volume. All calls are repeatable
/// and refused with `WRONG_STATE` while anything writes to the volume.
public interface Snapshotting {
    /// @throws StasisException `VOLUME_NOT_FOUND`
    void snapshot(VolumeId volume, SnapshotId snapshot);

    /// Forgets a snapshot; also while the volume is written to. Succeeds if it, or the volume, is gone already.
    void drop(VolumeId volume, SnapshotId snapshot);

    /// Goes back to any snapshot of the volume. All snapshots stay.
    ///
    /// @throws StasisException `VOLUME_NOT_FOUND`, `SNAPSHOT_NOT_FOUND`
    void revert(VolumeId volume, SnapshotId snapshot);
}
