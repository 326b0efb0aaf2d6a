package cloud.stasis.volume.driver;

import cloud.stasis.messages.LooseFile;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.SourceName;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.util.List;

/// A driver that takes in disks which an operator put into its backend, and hands its own out in the same form. All
/// calls are repeatable. A file goes when what was made of it is whole, and comes back if that fails.
///
/// A name without the ending of a format stands for the file that has one.
public interface Adopting {
    /// Makes a volume of a file.
    ///
    /// @return its size: that of the disk, in whole GiB
    /// @throws StasisException `INVALID_REQUEST` if there is no such file, or it cannot be a volume;
    ///     `HOSTILE_IMAGE`
    ByteCount adopt(VolumeId volume, SourceName source);

    /// Makes a file of a volume that has no snapshots, which then is gone.
    ///
    /// @throws StasisException `WRONG_STATE` while anything writes to it, or if a file of that name is there
    void release(VolumeId volume);

    /// Makes a snapshot of a volume of a file, with zeros where that is shorter than the volume.
    ///
    /// @throws StasisException as [#adopt]; `WRONG_STATE` while anything writes to the volume
    void adopt(VolumeId volume, SnapshotId snapshot, SourceName source);

    /// Makes a file of what a snapshot shows, which then is gone.
    void release(VolumeId volume, SnapshotId snapshot);

    /// Files that could be adopted, or that look so; in order of their names, and no more than so many.
    List<LooseFile> loose(int most);
}
