package cloud.stasis.compute.hypervisor;

import cloud.stasis.model.CaptureStrategy;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Checkpoints: points from which on a disk's writes are recorded, until they are forgotten. Each one costs the
/// guest a bitmap on every write, so there should be few. They survive a power-off; they do not survive the death
/// of the hypervisor's process.
public interface DiskHistory {
    /// How disks are exported. By [CaptureStrategy#COPY] no writes are recorded: there never is a
    /// checkpoint, setting and forgetting one does nothing, and changes since one are not known.
    CaptureStrategy strategy();

    /// All that are known for the instance, whether its disks still have the records or not.
    Set<CheckpointName> checkpoints(InstanceId instance);

    /// Records writes to the disks from now on. The machine must be on.
    void mark(InstanceId instance, CheckpointName checkpoint, Set<DeviceName> disks);

    /// Stops recording; repeatable, and also for a checkpoint whose records are broken.
    ///
    /// @param layers the active layers of the instance, for a machine that is off
    void forget(InstanceId instance, CheckpointName checkpoint, Collection<Path> layers);

    /// Whether a layer that nobody has open holds a complete record since the checkpoint.
    boolean isRecorded(CheckpointName checkpoint, Path layer);

    /// Drops all records from a layer that nobody has open.
    void wipe(Path layer);

    /// Does what makes the next [#export] of these disks short, while the guest goes on; may take as long as they
    /// hold bytes. Ended by the export, or by [#endExport].
    ///
    /// @param pulse called again and again while it lasts; what it throws ends it
    void prepare(InstanceId instance, ExportRequest request, Runnable pulse);

    /// Begins to show disks as they are at this instant, while the guest goes on; sets a checkpoint at the same
    /// instant. One export per instance at a time; it lasts until it is ended.
    ///
    /// @throws BrokenCheckpointException if the records since a checkpoint are incomplete; nothing has begun then
    DiskExports export(InstanceId instance, ExportRequest request) throws BrokenCheckpointException;

    boolean isExporting(InstanceId instance);

    /// Ends the export of an instance, whoever began it. Succeeds if there is none.
    void endExport(InstanceId instance);

    /// Disks of a guest that is neither frozen nor paused are of one instant only if there is one of them, or by
    /// [CaptureStrategy#BITMAP].
    ///
    /// @param checkpoint set at the instant, for the disks named
    /// @param scratch a directory for what the guest overwrites meanwhile
    record ExportRequest(CheckpointName checkpoint, List<ExportedDisk> disks, Path scratch) {
        public ExportRequest {
            disks = List.copyOf(disks);
        }
    }

    /// @param since the checkpoint to tell changes since, if any
    record ExportedDisk(DeviceName target, Optional<CheckpointName> since) {}
}
