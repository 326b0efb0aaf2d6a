package cloud.stasis.compute.hypervisor.simulated;

import cloud.stasis.chunks.Extent;
import cloud.stasis.compute.hypervisor.BrokenCheckpointException;
import cloud.stasis.compute.hypervisor.CheckpointName;
import cloud.stasis.compute.hypervisor.DiskExports;
import cloud.stasis.compute.hypervisor.DiskHistory;
import cloud.stasis.model.CaptureStrategy;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

final class SimulatedHistory implements DiskHistory {
    private final SimulatedHypervisor host;
    private final WriteRecords records;

    private final CaptureStrategy strategy;

    SimulatedHistory(SimulatedHypervisor host, WriteRecords records, CaptureStrategy strategy) {
        this.host = host;
        this.records = records;
        this.strategy = strategy;
    }

    @Override
    public CaptureStrategy strategy() {
        return strategy;
    }

    @Override
    public Set<CheckpointName> checkpoints(InstanceId instance) {
        return host.machine(instance).checkpoints();
    }

    @Override
    public void mark(InstanceId instance, CheckpointName checkpoint, Set<DeviceName> disks) {
        if (strategy == CaptureStrategy.BITMAP) {
            host.machine(instance).mark(checkpoint, disks);
        }
    }

    @Override
    public void forget(InstanceId instance, CheckpointName checkpoint, Collection<Path> layers) {
        host.machine(instance).forget(checkpoint);
        layers.forEach(layer -> records.end(layer, checkpoint));
    }

    @Override
    public boolean isRecorded(CheckpointName checkpoint, Path layer) {
        return records.has(layer, checkpoint);
    }

    @Override
    public void wipe(Path layer) {
        records.lose(layer);
    }

    /// A copy that goes on is an export that nobody reads.
    @Override
    public void prepare(InstanceId instance, ExportRequest request, Runnable pulse) {
        if (strategy == CaptureStrategy.COPY) {
            SimulatedMachine machine = host.machine(instance);
            machine.requireActive();
            machine.begin(new SimulatedExports(machine, Map.of(), List.of()));
            pulse.run();
        }
    }

    @Override
    public DiskExports export(InstanceId instance, ExportRequest request) throws BrokenCheckpointException {
        host.faults().beforeExport();
        SimulatedMachine machine = host.machine(instance);
        synchronized (machine) {
            machine.requireActive();
            if (machine.isExporting() && strategy == CaptureStrategy.BITMAP) {
                throw new StasisException(ErrorCode.HYPERVISOR_UNAVAILABLE, "the disks are being exported already");
            }
            Map<DeviceName, List<Extent>> changed = new HashMap<>();
            for (ExportedDisk disk : request.disks()) {
                if (disk.since().isPresent()) {
                    changed.put(
                            disk.target(),
                            since(machine, disk.target(), disk.since().get()));
                }
            }
            Set<DeviceName> disks = new TreeSet<>();
            request.disks().forEach(disk -> disks.add(disk.target()));
            mark(instance, request.checkpoint(), disks);
            SimulatedExports exports = new SimulatedExports(machine, changed, disks);
            machine.begin(exports);
            return exports;
        }
    }

    private List<Extent> since(SimulatedMachine machine, DeviceName disk, CheckpointName since)
            throws BrokenCheckpointException {
        if (strategy == CaptureStrategy.COPY) {
            throw new BrokenCheckpointException("no writes are recorded");
        }
        Optional<List<Extent>> extents = records.since(
                machine.layer(disk), since, machine.disk(disk).size().bytes());
        if (extents.isEmpty() || !machine.checkpoints().contains(since)) {
            throw new BrokenCheckpointException("the record of writes is incomplete");
        }
        return extents.get();
    }

    @Override
    public boolean isExporting(InstanceId instance) {
        return host.machine(instance).isExporting();
    }

    @Override
    public void endExport(InstanceId instance) {
        host.machine(instance).endExports();
    }
}
