package cloud.stasis.compute.instance;

import cloud.stasis.compute.machine.Machine;
import cloud.stasis.disks.FileStamp;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.DeviceName;
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
public record SnapshotRecord(
        Machine machine,
        Instant takenAt,
        Consistency reached,
        Duration paused,
        Optional<FileStamp> memory,
        List<FrozenDisk> disks,
        String domainXml) {
    public SnapshotRecord {
        disks = List.copyOf(disks);
    }

    public record FrozenDisk(DeviceName target, int layer) {}
}
