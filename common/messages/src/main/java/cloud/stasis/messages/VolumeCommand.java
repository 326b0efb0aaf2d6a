package cloud.stasis.messages;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.VolumeId;
import java.util.Optional;

/// What a storage backend is asked to do with one volume.
public sealed interface VolumeCommand extends Command {
    VolumeId volume();

    @Override
    default String key() {
        return volume().toString();
    }

    /// Makes a blank volume. Answered by [CommandResult.Completed].
    record CreateVolume(VolumeId volume, ByteCount size) implements VolumeCommand {}

    /// Removes a volume; succeeds if it is gone already. Answered by [CommandResult.Completed].
    record DeleteVolume(VolumeId volume) implements VolumeCommand {}

    /// Makes a volume that holds what another one does, or did at a snapshot of it. The source does not change.
    /// Answered by [CommandResult.Completed].
    ///
    /// @param size at least that of the source
    record CloneVolume(VolumeId volume, ByteCount size, VolumeId source, Optional<SnapshotId> snapshot)
            implements VolumeCommand {
        /// The source's: its layers are looked at, and nobody may change them meanwhile.
        @Override
        public String key() {
            return source.toString();
        }
    }

    /// Makes a volume that nobody has open larger; what is added reads as zeros. Answered by
    /// [CommandResult.Completed].
    record GrowVolume(VolumeId volume, ByteCount size) implements VolumeCommand {}

    /// Keeps what a volume that nobody has open holds now. Answered by [CommandResult.Completed].
    record SnapshotVolume(VolumeId volume, SnapshotId snapshot) implements VolumeCommand {}

    /// Forgets a snapshot; succeeds if it is gone already. Answered by [CommandResult.Completed].
    record DropVolumeSnapshot(VolumeId volume, SnapshotId snapshot) implements VolumeCommand {}

    /// A volume that nobody has open holds again what it did at the snapshot, which stays. Answered by
    /// [CommandResult.Completed].
    record RevertVolume(VolumeId volume, SnapshotId snapshot) implements VolumeCommand {}
}
