package cloud.stasis.compute.instance;

import cloud.stasis.disks.LayerFiles;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The instances of this host.
public record Instances(HostLayout layout, LayerFiles layers) {
    /// @throws StasisException `INSTANCE_NOT_FOUND`
    public Instance open(InstanceId id) {
        return find(id).orElseThrow(() -> new StasisException(
                ErrorCode.INSTANCE_NOT_FOUND, "the instance is not on this host; it may have been deleted"));
    }

    public Optional<Instance> find(InstanceId id) {
        return layout.instance(id).spec().read().map(spec -> open(id, spec));
    }

    /// With the disks of `spec`, which need not be written down yet.
    public Instance open(InstanceId id, InstanceRecord spec) {
        SortedMap<DeviceName, LayeredDisk> disks = new TreeMap<>();
        for (Machine.Disk disk : spec.machine().disks()) {
            disks.put(disk.target(), LayeredDisk.open(path(id, disk), layers));
        }
        return new Instance(id, layout.instance(id), layout, spec, disks);
    }

    /// The disks that an instance had at a snapshot, as far as they are here: those that it still has as it has them
    /// open, and volumes that have left it.
    public SortedMap<DeviceName, LayeredDisk> disksOf(Instance instance, Machine then) {
        SortedMap<DeviceName, LayeredDisk> disks = new TreeMap<>();
        for (Machine.Disk disk : then.disks()) {
            Path path = path(instance.id(), disk);
            Optional<LayeredDisk> own = instance.machine().disks().stream()
                    .filter(now -> path(instance.id(), now).equals(path))
                    .map(now -> instance.disk(now.target()))
                    .findFirst();
            if (own.isPresent()) {
                disks.put(disk.target(), own.get());
            } else if (LayeredDisk.exists(path)) {
                disks.put(disk.target(), LayeredDisk.open(path, layers));
            }
        }
        return disks;
    }

    /// The contents that disks stand on, and those of kernels and media of this host: their base files must stay.
    public Set<IndexId> contentsOnDisk() {
        Set<IndexId> needed = new HashSet<>();
        for (InstanceId id : layout.known()) {
            InstanceDirectory directory = layout.instance(id);
            directory.spec().read().ifPresent(spec -> {
                files(spec.machine(), needed);
                spec.machine().disks().forEach(disk -> grounds(path(id, disk), needed));
            });
            for (SnapshotId snapshot : directory.snapshots()) {
                directory.snapshot(snapshot).meta().read().ifPresent(record -> files(record.machine(), needed));
            }
        }
        layout.volumes().stream()
                .flatMap(directory -> HostLayout.list(directory).stream())
                .forEach(volume -> grounds(volume, needed));
        return needed;
    }

    private static void files(Machine machine, Set<IndexId> needed) {
        if (machine.boot() instanceof Boot.FromKernel kernel) {
            needed.add(kernel.kernel().index());
            kernel.ramdisk().ifPresent(ramdisk -> needed.add(ramdisk.index()));
        }
        machine.media().forEach(medium -> needed.add(medium.index()));
    }

    private void grounds(Path disk, Set<IndexId> needed) {
        try {
            if (LayeredDisk.exists(disk)) {
                needed.addAll(LayeredDisk.open(disk, layers).grounds());
            }
        } catch (StasisException e) {
            // One that is being deleted needs nothing any more; of any other it is not known what it needs.
            if (LayeredDisk.exists(disk)) {
                throw e;
            }
        }
    }

    /// The directory of a disk: in that of the instance, or in that of its volume.
    public Path path(InstanceId id, Machine.Disk disk) {
        return switch (disk.source()) {
            case DiskSource.Volume volume -> layout.volume(volume.volume());
            case DiskSource.OverImage over -> layout.instance(id).disk(disk.target());
            case DiskSource.Blank blank -> layout.instance(id).disk(disk.target());
        };
    }
}
