package cloud.stasis.messages;

import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.SourceName;
import cloud.stasis.model.VolumeId;
import java.util.Optional;
import java.util.UUID;

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

    /// A volume holds a content of the store from now on, and zeros behind it: a new one, or one that is there,
    /// whose snapshots stay. Answered by [CommandResult.Completed].
    ///
    /// @param size at least that of the content
    record FillVolume(VolumeId volume, ByteCount size, Content content, StoreGrant grant) implements VolumeCommand {}

    /// Brings what a volume that nobody has open holds, or held at a snapshot of it, into the store. Answered by
    /// [CommandResult.Captured] with one disk.
    ///
    /// @param capture names this capture in [SettleVolume]
    record CaptureVolume(VolumeId volume, Optional<SnapshotId> snapshot, UUID capture, StoreGrant grant)
            implements VolumeCommand {}

    /// Ends a capture: its bundle was sealed, so the next one need only read what is written from now on, or it
    /// was not. Answered by [CommandResult.Completed], also for a capture that is not known (any more).
    record SettleVolume(VolumeId volume, UUID capture, Settlement settlement) implements VolumeCommand {}

    /// Makes a volume of a file that lies beside the backend's volumes. The file goes when the volume is whole, and
    /// stays if it cannot be made. Answered by [CommandResult.Adopted].
    record AdoptVolume(VolumeId volume, SourceName source) implements VolumeCommand {}

    /// Makes a file of a volume that nobody has open and that has no snapshots, which then is gone. Answered by
    /// [CommandResult.Completed], also if it is gone already.
    record ReleaseVolume(VolumeId volume) implements VolumeCommand {}

    /// Lets a file be what a volume that nobody has open held at a snapshot of it. Answered by
    /// [CommandResult.Completed].
    record AdoptSnapshot(VolumeId volume, SnapshotId snapshot, SourceName source) implements VolumeCommand {}

    /// Makes a file of what a snapshot shows of a volume that nobody has open, and forgets the snapshot. Answered by
    /// [CommandResult.Completed], also if it is gone already.
    record ReleaseSnapshot(VolumeId volume, SnapshotId snapshot) implements VolumeCommand {}
}
