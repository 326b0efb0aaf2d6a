package cloud.stasis.compute.revert;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.compute.capture.SettleCapture;
import cloud.stasis.compute.capture.SnapshotCut;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.InstanceRecord;
import cloud.stasis.compute.instance.Intent;
import cloud.stasis.compute.instance.SnapshotDirectory;
import cloud.stasis.compute.instance.SnapshotRecord;
import cloud.stasis.compute.power.PowerOn;
import cloud.stasis.compute.store.BaseFiles;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/// Puts an instance back to a snapshot: first its devices, then its data.
///
/// ```
///  verdict   parts complete, devices to be had, space; missing layers and memory fetched from the store
///  safety    what the instance is becomes a snapshot of its own, if that is asked for
///  ───────── from here on the former state is given up ─────────
///  off       power off; volumes that it did not have then leave it, those that it had come back
///            for each disk an empty layer on the frozen one, or on the fetched content
///  on        restore the memory, or boot; a checkpoint before the first instruction (see PowerOn)
/// ```
///
/// A volume that leaves keeps what it holds; what belongs to the safety snapshot stays in it until that is in the
/// store. A volume that comes back holds what it did at the snapshot; until all has gone well what it held just
/// before is kept, too.
///
/// After a crash the command comes again and does all of it again: fetched files are found, a
/// disk that is put back twice is as if it was put back once, and a safety snapshot that is there
/// is not taken anew, since by then the instance may be put back already. What the instance was, and
/// whether it ran, is then told by the safety snapshot. If the second half fails for good the instance is put
/// back to its safety snapshot, which then goes: a failure leaves the instance as it was.
public final class RevertInstance {
    private static final Logger LOG = Logger.getLogger(RevertInstance.class);

    private final Host host;
    private final PowerOn powerOn;
    private final SnapshotCut cut;
    private final SettleCapture settle;

    public RevertInstance(Host host, PowerOn powerOn, SnapshotCut cut, SettleCapture settle) {
        this.host = host;
        this.powerOn = powerOn;
        this.cut = cut;
        this.settle = settle;
    }

    public CommandResult handle(ComputeCommand.RevertInstance command, CommandContext context) {
        Instance instance = host.instances().open(command.instance());
        try (BaseFiles.Hold _ = host.bases().hold(contents(command))) {
            Verdict verdict = new Examination(host, instance, command).verdict(context);
            context.checkCancelled();
            context.progress(Phase.RESTORING, ByteCount.ZERO, ByteCount.ZERO);
            long began = System.nanoTime();
            PowerState now = host.state(instance);
            command.safety().ifPresent(safety -> secure(instance, safety));
            Optional<SnapshotRecord> kept = kept(instance, command.safety());
            Machine former = kept.map(SnapshotRecord::machine).orElse(instance.machine());
            PowerState before = kept.flatMap(SnapshotRecord::power).orElse(now);
            try {
                go(putBack(instance.id(), command, former, verdict), verdict.memory(), command.resume());
            } catch (RuntimeException | Error e) {
                command.safety().ifPresent(safety -> bringBack(instance.id(), safety, before, verdict, e));
                throw e;
            }
            command.safety().ifPresent(safety -> volumes(verdict.spec().machine(), former)
                    .forEach(disk -> disk.release(safety)));
            LOG.infof(
                    "Reverted an instance instanceId=%s snapshotId=%s memory=%s safety=%s tookMillis=%d",
                    instance.id(),
                    command.snapshot(),
                    command.memory(),
                    command.safety().map(SnapshotId::toString).orElse("-"),
                    (System.nanoTime() - began) / 1_000_000);
            return new CommandResult.Observed(host.state(host.instances().open(instance.id())));
        } finally {
            // It is the RAM of the machine by now, or is fetched again.
            instance.directory().snapshot(command.snapshot()).forgetFetched();
            host.bases().trim();
        }
    }

    private static Set<Content> contents(ComputeCommand.RevertInstance command) {
        Set<Content> contents = new HashSet<>();
        command.parts().forEach(part -> contents.add(part.content()));
        command.spec().drives().forEach(drive -> drive.medium().ifPresent(medium -> contents.add(medium.content())));
        return contents;
    }

    private static Optional<SnapshotRecord> kept(Instance instance, Optional<SnapshotId> safety) {
        return safety.flatMap(
                taken -> instance.directory().snapshot(taken).meta().read());
    }

    private void secure(Instance instance, SnapshotId safety) {
        if (instance.directory().snapshot(safety).meta().read().isPresent()) {
            return;
        }
        try {
            cut.cut(instance, safety, Quiesce.PREFER);
        } catch (StasisException e) {
            if (e.code() != ErrorCode.NO_SPACE) {
                throw e;
            }
            throw new StasisException(
                    ErrorCode.NO_SPACE,
                    e.report().message() + "; nothing was changed: revert without a safety snapshot, or make room",
                    e);
        }
    }

    private Instance putBack(InstanceId id, ComputeCommand.RevertInstance command, Machine former, Verdict verdict) {
        off(id, command.snapshot());
        for (LayeredDisk left : volumes(former, verdict.spec().machine())) {
            leave(id, left, command.safety());
        }
        command.safety().ifPresent(safety -> volumes(verdict.spec().machine(), former)
                .forEach(arriving -> keep(arriving, safety)));
        return stand(id, verdict);
    }

    /// What was suspended is given up too.
    private void off(InstanceId id, SnapshotId to) {
        Instance instance = host.instances().open(id);
        instance.begin(new Intent.Reverting(to));
        if (host.hypervisor().domains().find(id).isPresent()) {
            host.hypervisor().domains().powerOff(id);
        }
        HostFiles.delete(instance.directory().suspended());
    }

    /// The volumes of one machine that another one does not have.
    private List<LayeredDisk> volumes(Machine of, Machine besides) {
        Set<DiskSource> others =
                besides.disks().stream().map(Machine.Disk::source).collect(Collectors.toUnmodifiableSet());
        return of.disks().stream()
                .filter(disk -> disk.source() instanceof DiskSource.Volume && !others.contains(disk.source()))
                .map(disk -> host.instances().path(of.instance(), disk))
                .filter(LayeredDisk::exists)
                .map(path -> LayeredDisk.open(path, host.instances().layers()))
                .toList();
    }

    /// A volume forgets what the instance knows of it.
    private void leave(InstanceId id, LayeredDisk volume, Optional<SnapshotId> safety) {
        for (SnapshotId snapshot : host.instances().layout().instance(id).snapshots()) {
            if (!safety.equals(Optional.of(snapshot))) {
                volume.release(snapshot);
            }
        }
        host.hypervisor().history().wipe(volume.activeFile());
    }

    private static void keep(LayeredDisk arriving, SnapshotId safety) {
        if (!arriving.holders().contains(safety)) {
            arriving.hold(arriving.active(), safety);
        }
    }

    private Instance stand(InstanceId id, Verdict verdict) {
        Instance instance = host.instances().open(id, verdict.spec());
        verdict.disks().forEach((target, origin) -> {
            LayeredDisk disk = instance.disk(target);
            disk.abandon();
            ownSize(instance, target).ifPresent(disk::sized);
            switch (origin) {
                case Verdict.Origin.Frozen frozen -> disk.prepareOn(frozen.layer());
                case Verdict.Origin.Fetched fetched -> disk.prepareOn(fetched.content(), fetched.file());
            }
            disk.commit(LayeredDisk.Use.AT_REST);
        });
        instance.store(instance.lineage().withPoints(List.of()));
        InstanceRecord record =
                Instance.settled(instance.directory(), verdict.spec().anotherGeneration());
        instance.directory().spec().write(record);
        return host.instances().open(id, record);
    }

    /// What a disk had then; a volume has a size of its own.
    private static Optional<ByteCount> ownSize(Instance instance, DeviceName target) {
        return instance.machine().disks().stream()
                .filter(disk -> disk.target().equals(target) && !(disk.source() instanceof DiskSource.Volume))
                .map(Machine.Disk::size)
                .findFirst();
    }

    private void go(Instance instance, Optional<Path> memory, AfterRevert after) {
        switch (after) {
            case RUNNING -> powerOn(instance, memory, ResumeState.RUNNING);
            case PAUSED -> powerOn(instance, memory, ResumeState.PAUSED);
            case STOPPED -> stayOff(instance);
        }
    }

    private void powerOn(Instance instance, Optional<Path> memory, ResumeState state) {
        memory.ifPresentOrElse(file -> powerOn.resume(instance, file, state), () -> powerOn.boot(instance, state));
    }

    private void stayOff(Instance instance) {
        HostFiles.delete(instance.directory().ram());
        host.hypervisor().domains().define(instance.machine(), instance.files());
        instance.end();
    }

    /// Makes the instance again what it was.
    private void bringBack(InstanceId id, SnapshotId safety, PowerState before, Verdict failed, Throwable failure) {
        SnapshotDirectory directory = host.instances().layout().instance(id).snapshot(safety);
        try {
            Machine former = directory.meta().read().orElseThrow().machine();
            off(id, safety);
            for (LayeredDisk arrived : volumes(failed.spec().machine(), former)) {
                giveBack(id, arrived, safety);
            }
            InstanceRecord record = new InstanceRecord(former.spec(), former);
            SortedMap<DeviceName, Verdict.Origin> layers = new TreeMap<>();
            host.instances()
                    .open(id, record)
                    .disks()
                    .forEach((target, disk) -> layers.put(
                            target,
                            new Verdict.Origin.Frozen(disk.heldBy(safety).orElseThrow())));
            Optional<Path> memory = directory.hasMemory() ? Optional.of(directory.memory()) : Optional.empty();
            Instance back = stand(id, new Verdict(record, layers, memory));
            switch (before) {
                case RUNNING -> powerOn(back, memory, ResumeState.RUNNING);
                case PAUSED -> powerOn(back, memory, ResumeState.PAUSED);
                case SUSPENDED -> {
                    Files.createLink(back.directory().suspended(), directory.memory());
                    stayOff(back);
                }
                case STOPPED, CRASHED -> stayOff(back);
            }
            settle.abandon(back, safety.value());
            LOG.warnf(failure, "A revert failed, the instance is what it was instanceId=%s", id);
        } catch (RuntimeException | IOException e) {
            failure.addSuppressed(e);
            LOG.errorf(
                    e,
                    "A revert failed, and the instance could not be made what it was; its safety snapshot is kept on"
                            + " this host instanceId=%s snapshotId=%s",
                    id,
                    safety);
        }
    }

    /// A volume that came back for nothing holds again what it did.
    private void giveBack(InstanceId id, LayeredDisk arrived, SnapshotId safety) {
        arrived.heldBy(safety).ifPresent(layer -> {
            arrived.prepareOn(layer);
            arrived.commit(LayeredDisk.Use.AT_REST);
        });
        leave(id, arrived, Optional.empty());
        arrived.release(safety);
    }
}
