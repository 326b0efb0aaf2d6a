package cloud.stasis.compute.power;

import cloud.stasis.chunks.Extent;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.hypervisor.CheckpointName;
import cloud.stasis.compute.hypervisor.DiskHistory;
import cloud.stasis.compute.hypervisor.RamFile;
import cloud.stasis.compute.hypervisor.RamImage;
import cloud.stasis.compute.instance.DiskPoint;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.InstanceRecord;
import cloud.stasis.compute.instance.Intent;
import cloud.stasis.compute.instance.Lineage;
import cloud.stasis.compute.machine.MachineFiles;
import cloud.stasis.compute.machine.Ram;
import cloud.stasis.disks.Extents;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayerReader;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.machine.Platform;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/// Powers a machine on, with a known point for every disk.
///
/// ```
///  off     find out what each disk equals, or where it may differ from what
///          write the points down, under the name of a checkpoint that does not exist yet
///  paused  set the checkpoint
///  on      from here on the points are true
/// ```
///
/// A crash in between leaves points that name a checkpoint which was never set; whoever uses such a point
/// notices, and the next power-on replaces it.
public final class PowerOn {
    /// Extents that a point may carry: more are not worth their place in `lineage.json`.
    private static final int MAX_EXTENTS = 4096;

    private static final Logger LOG = Logger.getLogger(PowerOn.class);

    private final Host host;

    public PowerOn(Host host) {
        this.host = host;
    }

    /// Boots it. If that fails it is off.
    public void boot(Instance instance, ResumeState state) {
        Instance here = withCpuOfHost(instance);
        MachineFiles files = booting(here);
        powerOn(here, files, state, () -> host.hypervisor().domains().startPaused(here.id()), () -> {});
    }

    /// The CPU of a memory that the machine does not go on from is forgotten.
    private Instance withCpuOfHost(Instance instance) {
        Optional<Platform> board =
                instance.machine().platform().filter(known -> known.cpu().isPresent());
        if (board.isEmpty()) {
            return instance;
        }
        InstanceRecord record = new InstanceRecord(
                instance.spec().spec(), instance.machine().with(board.get().withCpu(Optional.empty())));
        instance.directory().spec().write(record);
        return host.instances().open(instance.id(), record);
    }

    /// With the RAM in a file where that makes snapshots fast and there is room for it.
    private MachineFiles booting(Instance instance) {
        RamFile ram = new RamFile(instance.directory().ram());
        HostFiles.directory(instance.directory().memory());
        MachineFiles files = host.files(instance);
        switch (host.hypervisor().memories().keeping()) {
            case IN_SHARED_MEMORY -> {
                return files.with(new Ram.InMemory());
            }
            case PRIVATE -> {
                return files;
            }
            case IN_FILES -> {}
        }
        if (!host.hasRoomForRam(instance.machine())) {
            LOG.warnf(
                    "No room for RAM in a file, snapshots of this instance will pause it longer instanceId=%s",
                    instance.id());
            HostFiles.delete(ram.file());
            return files;
        }
        ram.create(instance.machine().memory());
        HostLayout.giveToQemu(ram.file());
        return files.withRam(ram.file());
    }

    /// Lets it go on from a memory file. If that fails it is off.
    public void resume(Instance instance, Path memory, ResumeState state) {
        resume(instance, memory, state, () -> {});
    }

    /// @param last called when nothing can fail any more and nothing has run yet
    public void resume(Instance instance, Path memory, ResumeState state, Runnable last) {
        HostFiles.directory(instance.directory().memory());
        HostFiles.delete(instance.directory().ram());
        MachineFiles files = files(instance, memory);
        powerOn(instance, files, state, () -> restore(instance, files, memory, state), last);
    }

    private MachineFiles files(Instance instance, Path memory) {
        MachineFiles files = host.files(instance);
        if (!RamImage.isOne(memory)) {
            return files;
        }
        return files.with(
                switch (host.hypervisor().memories().keeping()) {
                    case IN_FILES, PRIVATE ->
                        new Ram.InFile(instance.directory().ram());
                    case IN_SHARED_MEMORY -> new Ram.InMemory();
                });
    }

    private void restore(Instance instance, MachineFiles files, Path memory, ResumeState state) {
        instance.begin(new Intent.Restoring());
        host.hypervisor().memories().restorePaused(instance.machine(), files, memory);
        // A later boot is of the generation that the guest knows then.
        instance.directory().spec().write(new InstanceRecord(instance.spec().spec(), host.seen(instance.machine())));
        instance.begin(new Intent.Starting(state));
    }

    private void powerOn(Instance instance, MachineFiles files, ResumeState state, Runnable start, Runnable last) {
        prepare(instance);
        host.hypervisor().domains().define(instance.machine(), files);
        host.forgetUnneeded(instance, instance.lineage());
        instance.begin(new Intent.Starting(state));
        try {
            start.run();
            mark(instance);
        } catch (RuntimeException | Error e) {
            giveUp(instance, e);
            throw e;
        }
        last.run();
        go(instance, state);
    }

    /// If nobody answers, the next command ends what was begun.
    private void giveUp(Instance instance, Throwable failure) {
        try {
            host.hypervisor().domains().powerOff(instance.id());
            instance.end();
        } catch (StasisException e) {
            failure.addSuppressed(e);
        }
    }

    /// The second half of a power-on that was interrupted: the machine is on and has not run yet. Repeatable.
    public void finish(Instance instance, ResumeState state) {
        mark(instance);
        go(instance, state);
    }

    private void mark(Instance instance) {
        DiskHistory history = host.hypervisor().history();
        Lineage lineage = instance.lineage();
        Set<CheckpointName> missing = new HashSet<>(lineage.checkpoints());
        missing.removeAll(history.checkpoints(instance.id()));
        for (CheckpointName checkpoint : missing) {
            Set<DeviceName> disks = new HashSet<>();
            lineage.points().stream()
                    .filter(point -> point.checkpoint().equals(checkpoint))
                    .forEach(point -> disks.add(point.disk()));
            if (!disks.isEmpty()) {
                history.mark(instance.id(), checkpoint, disks);
            }
        }
    }

    private void go(Instance instance, ResumeState state) {
        switch (state) {
            case RUNNING -> host.hypervisor().domains().resume(instance.id());
            case PAUSED -> {}
        }
        instance.end();
    }

    private void prepare(Instance instance) {
        Lineage lineage = instance.lineage();
        CheckpointName fresh = CheckpointName.fresh();
        List<DiskPoint> points = new ArrayList<>();
        instance.disks().forEach((target, disk) -> points.add(point(target, disk, lineage, fresh)));
        instance.store(withoutLost(lineage, instance).withPoints(points));
        instance.disks().values().forEach(LayeredDisk::willBeWritten);
    }

    private DiskPoint point(DeviceName target, LayeredDisk disk, Lineage lineage, CheckpointName fresh) {
        Optional<Content> atRest = disk.atRest();
        if (atRest.isPresent()) {
            return new DiskPoint(target, lineage.next(), fresh, atRest.get(), List.of());
        }
        Optional<DiskPoint> known = lineage.point(target)
                .filter(point -> host.hypervisor().history().isRecorded(point.checkpoint(), disk.activeFile()));
        if (known.isPresent()) {
            return known.get();
        }
        LayeredDisk.Known below = disk.known(disk.active());
        // Only files that are here can be looked into.
        host.streams().await(below.content(), TransferListener.NONE);
        host.hypervisor().history().wipe(disk.activeFile());
        return new DiskPoint(target, lineage.next(), fresh, below.content(), allocated(disk, below.layers()));
    }

    private static List<Extent> allocated(LayeredDisk disk, int layers) {
        if (layers == 0) {
            return List.of();
        }
        try (LayerReader reader = disk.read(disk.active())) {
            return Extents.coarse(reader.allocatedIn(layers), MAX_EXTENTS);
        }
    }

    /// Without captures whose checkpoint did not survive the power-off.
    private Lineage withoutLost(Lineage lineage, Instance instance) {
        Set<CheckpointName> lost = new HashSet<>();
        for (Lineage.Pending pending : lineage.pending()) {
            for (Lineage.Piece piece : pending.pieces()) {
                if (piece instanceof Lineage.Piece.AtCheckpoint at
                        && (!instance.disks().containsKey(at.disk())
                                || !host.hypervisor()
                                        .history()
                                        .isRecorded(
                                                at.checkpoint(),
                                                instance.disk(at.disk()).activeFile()))) {
                    lost.add(at.checkpoint());
                }
            }
        }
        return lineage.without(lost);
    }
}
