package cloud.stasis.compute.instance;

import cloud.stasis.compute.hypervisor.Memories.Way;
import cloud.stasis.disks.FileStamp;
import cloud.stasis.machine.Machine;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.Receipt;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// `meta.json`: the instant exists. What is missing is only to bring it into the store.
///
/// @param machine the devices of that instant
/// @param memory the memory file as it was written, if the machine ran
/// @param disks the frozen layer that shows each disk
/// @param domainXml what the hypervisor said of the machine, for people
/// @param quiet of a machine whose memory is not part of it
/// @param power what the machine was at that instant; older records do not tell
/// @param way how its memory came into the file, if it has one; older records do not tell
public record SnapshotRecord(
        Machine machine,
        Instant takenAt,
        Consistency reached,
        Duration paused,
        Optional<FileStamp> memory,
        List<FrozenDisk> disks,
        String domainXml,
        Optional<Quiet> quiet,
        Optional<PowerState> power,
        Optional<Way> way) {
    public SnapshotRecord {
        disks = List.copyOf(disks);
    }

    /// How the guest was frozen, if that was tried.
    ///
    /// @param agent what it answered, in words
    public record Quiet(Quiesce asked, Duration frozen, String agent, Optional<Receipt.Freeze> freeze) {}

    public record FrozenDisk(DeviceName target, int layer) {}
}
