package cloud.stasis.compute.capture;

import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.hypervisor.Memories.Way;
import cloud.stasis.compute.hypervisor.RamImage;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.Lineage;
import cloud.stasis.compute.instance.SnapshotDirectory;
import cloud.stasis.compute.instance.SnapshotRecord;
import cloud.stasis.compute.instance.SnapshotRecord.FrozenDisk;
import cloud.stasis.disks.FileStamp;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayerNumber;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Makes the instant of a snapshot exist in files of this host, with the memory if there is one. Nothing is
/// uploaded here.
///
/// | machine | how |
/// |---|---|
/// | on | [MemoryCut] |
/// | suspended | its layers are frozen, its memory file is shared |
/// | off | its layers are frozen |
public final class SnapshotCut {
    private final Host host;
    private final MemoryCut memoryCut;

    public SnapshotCut(Host host, MemoryCut memoryCut) {
        this.host = host;
        this.memoryCut = memoryCut;
    }

    /// The machine is in the same state afterwards.
    ///
    /// @param quiesce what is required of a machine that is off
    public SnapshotRecord cut(Instance instance, SnapshotId snapshot, Quiesce quiesce) {
        PowerState state = host.state(instance);
        return Host.isActive(state)
                ? memoryCut.cut(instance, state, snapshot)
                : freeze(instance, state, snapshot, quiesce);
    }

    /// Freezes the layers of a machine that is off.
    SnapshotRecord freeze(Instance instance, PowerState state, SnapshotId snapshot, Quiesce quiesce) {
        if (state != PowerState.SUSPENDED) {
            RestingCapture.reach(state, quiesce);
        }
        SnapshotDirectory directory = instance.directory().snapshot(snapshot);
        directory.make();
        String xml = host.hypervisor().domains().describe(instance.id());
        SortedMap<DeviceName, LayerNumber> frozen = new TreeMap<>();
        instance.disks().forEach((target, disk) -> {
            LayerNumber layer = disk.active();
            // Of an attempt that was interrupted.
            disk.release(snapshot);
            // No layer is frozen with the record of a checkpoint inside.
            host.hypervisor().history().wipe(disk.activeFile());
            disk.prepare();
            disk.hold(layer, snapshot);
            disk.commit(LayeredDisk.Use.AT_REST);
            frozen.put(target, layer);
        });
        Lineage lineage = instance.lineage();
        instance.store(lineage.cut(snapshot.value(), MemoryCut.pieces(frozen), List.of()));
        Optional<FileStamp> memory = Optional.empty();
        Optional<Way> way = Optional.empty();
        if (state == PowerState.SUSPENDED) {
            share(instance, directory);
            memory = FileStamp.of(directory.memory());
            way = Optional.of(RamImage.isOne(directory.memory()) ? Way.SHARED : Way.SAVED);
        }
        SnapshotRecord record = new SnapshotRecord(
                host.archived(instance),
                host.clock().instant(),
                memory.isPresent() ? Consistency.MEMORY : RestingCapture.reach(state, Quiesce.NONE),
                Duration.ZERO,
                memory,
                frozen.entrySet().stream()
                        .map(entry ->
                                new FrozenDisk(entry.getKey(), entry.getValue().value()))
                        .toList(),
                xml,
                Optional.empty(),
                Optional.of(state),
                way);
        directory.meta().write(record);
        host.redefine(instance);
        return record;
    }

    /// A memory file is never written again, so two names for it do no harm.
    private static void share(Instance instance, SnapshotDirectory directory) {
        try {
            Files.deleteIfExists(directory.memory());
            Files.createLink(directory.memory(), instance.directory().suspended());
        } catch (IOException e) {
            throw HostFiles.failure("keep the memory of the suspended machine", e);
        }
    }
}
