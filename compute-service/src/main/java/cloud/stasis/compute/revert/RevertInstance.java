package cloud.stasis.compute.revert;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.ContentStore;
import cloud.stasis.compute.capture.SettleCapture;
import cloud.stasis.compute.capture.SnapshotCut;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.InstanceRecord;
import cloud.stasis.compute.instance.Intent;
import cloud.stasis.compute.instance.SnapshotDirectory;
import cloud.stasis.compute.instance.SnapshotRecord;
import cloud.stasis.compute.machine.Machine;
import cloud.stasis.compute.power.PowerOn;
import cloud.stasis.compute.store.BaseFiles;
import cloud.stasis.compute.store.CommandTransfer;
import cloud.stasis.compute.store.DeviceArchives;
import cloud.stasis.disks.FileStamp;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayerNumber;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Part;
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
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/// Puts an instance back to a snapshot.
///
/// ```
///  verdict   parts complete, disks match, devices known, space; missing layers and memory fetched from the store
///  safety    what the instance is becomes a snapshot of its own, if that is asked for
///  ───────── from here on the former state is given up ─────────
///  off       power off; for each disk an empty layer on the frozen one, or on the fetched content
///  on        restore the memory, or boot; a checkpoint before the first instruction (see PowerOn)
/// ```
///
/// After a crash the command comes again and does all of it again: fetched files are found, a disk that is put
/// back twice is as if it was put back once, and a safety snapshot that is there is not taken anew, since by then
/// the instance may be put back already. If the second half fails for good the instance is put back to its safety
/// snapshot, which then goes: a failure leaves the instance as it was.
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
        Set<Content> contents = new HashSet<>();
        command.parts().forEach(part -> contents.add(part.content()));
        try (BaseFiles.Hold _ = host.bases().hold(contents)) {
            Verdict verdict = verdict(instance, command, context);
            context.checkCancelled();
            context.progress(Phase.RESTORING, ByteCount.ZERO, ByteCount.ZERO);
            long began = System.nanoTime();
            PowerState before = host.state(instance);
            command.safety().ifPresent(safety -> secure(instance, safety));
            try {
                go(putBack(instance.id(), command.snapshot(), verdict), verdict.memory(), command.resume());
            } catch (StasisException e) {
                command.safety().ifPresent(safety -> bringBack(instance, safety, before, e));
                throw e;
            }
            LOG.infof(
                    "Reverted an instance instanceId=%s snapshotId=%s memory=%s safety=%s tookMillis=%d",
                    instance.id(),
                    command.snapshot(),
                    command.memory(),
                    command.safety().map(SnapshotId::toString).orElse("-"),
                    (System.nanoTime() - began) / 1_000_000);
            return new CommandResult.Observed(host.state(host.instances().open(instance.id())));
        } finally {
            host.bases().trim();
        }
    }

    private Verdict verdict(Instance instance, ComputeCommand.RevertInstance command, CommandContext context) {
        ContentStore store = host.stores().open(command.grant());
        SnapshotDirectory directory = instance.directory().snapshot(command.snapshot());
        Optional<SnapshotRecord> local = directory.meta().read();
        Machine machine =
                machine(instance, command, local, store).on(command.spec().disks());
        SortedMap<DeviceName, Content> disks = disks(command.parts());
        if (!disks.keySet().equals(Set.copyOf(machine.targets()))) {
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT, "the snapshot's disks are not those of its device archive");
        }
        if (!disks.keySet().equals(instance.disks().keySet())) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "the instance has other disks now than in the snapshot: attach or detach volumes first");
        }
        Optional<Content> memory = memory(command);
        ByteCount missing =
                missingDisks(instance, command, disks).plus(missingMemory(instance, command, memory, local));
        CommandTransfer transfer = new CommandTransfer(context, Phase.FETCHING_IMAGE, missing, host.space());
        host.space().require(missingDisks(instance, command, disks));
        host.memorySpace().require(missingMemory(instance, command, memory, local));
        SortedMap<DeviceName, Verdict.Origin> origins = new TreeMap<>();
        disks.forEach(
                (target, content) -> origins.put(target, origin(instance, command, target, content, store, transfer)));
        fetchKernel(machine, store, transfer);
        return new Verdict(
                new InstanceRecord(command.spec(), machine),
                origins,
                memory.map(content -> memoryFile(directory, local, content, store, transfer)));
    }

    /// The devices of the snapshot: as kept here, else from the store.
    private static Machine machine(
            Instance instance,
            ComputeCommand.RevertInstance command,
            Optional<SnapshotRecord> local,
            ContentStore store) {
        if (local.isPresent()) {
            return local.get().machine();
        }
        Machine machine = DeviceArchives.read(command.parts(), store);
        if (!machine.instance().equals(instance.id())) {
            throw new StasisException(ErrorCode.WRONG_STATE, "the snapshot is one of another instance");
        }
        return machine;
    }

    private static SortedMap<DeviceName, Content> disks(List<Part> parts) {
        SortedMap<DeviceName, Content> disks = new TreeMap<>();
        parts.forEach(part -> {
            if (part instanceof Part.Disk disk) {
                disks.put(disk.target(), disk.content());
            }
        });
        return disks;
    }

    private static Optional<Content> memory(ComputeCommand.RevertInstance command) {
        if (command.memory() == MemoryChoice.DISKS_ONLY) {
            return Optional.empty();
        }
        return Optional.of(command.parts().stream()
                .filter(Part.Memory.class::isInstance)
                .map(Part::content)
                .findFirst()
                .orElseThrow(() -> new StasisException(
                        ErrorCode.WRONG_STATE, "the snapshot has no memory: revert its disks only")));
    }

    private ByteCount missingDisks(
            Instance instance, ComputeCommand.RevertInstance command, SortedMap<DeviceName, Content> disks) {
        long bytes = 0;
        for (var disk : disks.entrySet()) {
            if (instance.disk(disk.getKey()).heldBy(command.snapshot()).isEmpty()
                    && !host.bases().has(disk.getValue())) {
                bytes += disk.getValue().size().bytes();
            }
        }
        return ByteCount.ofBytes(bytes);
    }

    private static ByteCount missingMemory(
            Instance instance,
            ComputeCommand.RevertInstance command,
            Optional<Content> memory,
            Optional<SnapshotRecord> local) {
        SnapshotDirectory directory = instance.directory().snapshot(command.snapshot());
        return isIntact(directory, local)
                ? ByteCount.ZERO
                : memory.map(Content::size).orElse(ByteCount.ZERO);
    }

    private Verdict.Origin origin(
            Instance instance,
            ComputeCommand.RevertInstance command,
            DeviceName target,
            Content content,
            ContentStore store,
            CommandTransfer transfer) {
        Optional<LayerNumber> frozen = instance.disk(target).heldBy(command.snapshot());
        if (frozen.isPresent()) {
            return new Verdict.Origin.Frozen(frozen.get());
        }
        return new Verdict.Origin.Fetched(content, host.bases().fetch(content, store, transfer.next()));
    }

    private void fetchKernel(Machine machine, ContentStore store, CommandTransfer transfer) {
        if (machine.boot() instanceof Boot.FromKernel kernel) {
            host.bases().fetch(kernel.kernel(), store, transfer.next());
            kernel.ramdisk().ifPresent(ramdisk -> host.bases().fetch(ramdisk, store, transfer.next()));
        }
    }

    private static boolean isIntact(SnapshotDirectory directory, Optional<SnapshotRecord> local) {
        return directory.hasMemory()
                && local.isPresent()
                && local.get().memory().equals(FileStamp.of(directory.memory()));
    }

    /// A fetched memory is kept beside where the captured one was; `download` gives it its name when it is
    /// whole.
    private static Path memoryFile(
            SnapshotDirectory directory,
            Optional<SnapshotRecord> local,
            Content content,
            ContentStore store,
            CommandTransfer transfer) {
        if (isIntact(directory, local)) {
            return directory.memory();
        }
        directory.make();
        store.download(content, directory.fetchedMemory(), transfer.next());
        return directory.fetchedMemory();
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

    private Instance putBack(InstanceId id, SnapshotId snapshot, Verdict verdict) {
        Instance instance = host.instances().open(id);
        instance.begin(new Intent.Reverting(snapshot));
        if (host.hypervisor().domains().find(id).isPresent()) {
            host.hypervisor().domains().powerOff(id);
        }
        // What was suspended is given up too.
        HostFiles.delete(instance.directory().suspended());
        verdict.disks().forEach((target, origin) -> {
            LayeredDisk disk = instance.disk(target);
            switch (origin) {
                case Verdict.Origin.Frozen frozen -> disk.prepareOn(frozen.layer());
                case Verdict.Origin.Fetched fetched -> disk.prepareOn(fetched.content(), fetched.file());
            }
            disk.commit(LayeredDisk.Use.AT_REST);
        });
        instance.store(instance.lineage().withPoints(List.of()));
        instance.directory().spec().write(verdict.spec());
        return host.instances().open(id, verdict.spec());
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
    private void bringBack(Instance former, SnapshotId safety, PowerState before, StasisException failure) {
        SnapshotDirectory directory = former.directory().snapshot(safety);
        try {
            SortedMap<DeviceName, Verdict.Origin> layers = new TreeMap<>();
            host.instances()
                    .open(former.id(), former.spec())
                    .disks()
                    .forEach((target, disk) -> layers.put(
                            target,
                            new Verdict.Origin.Frozen(disk.heldBy(safety).orElseThrow())));
            Optional<Path> memory = directory.hasMemory() ? Optional.of(directory.memory()) : Optional.empty();
            Instance back = putBack(former.id(), safety, new Verdict(former.spec(), layers, memory));
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
            LOG.warnf(
                    "A revert failed, the instance is what it was instanceId=%s code=%s", former.id(), failure.code());
        } catch (StasisException | IOException | NoSuchElementException e) {
            failure.addSuppressed(e);
            LOG.errorf(
                    e,
                    "A revert failed, and the instance could not be made what it was; its safety snapshot is kept on"
                            + " this host instanceId=%s snapshotId=%s",
                    former.id(),
                    safety);
        }
    }
}
