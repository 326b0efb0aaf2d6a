package cloud.stasis.compute.host;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.compute.hypervisor.CheckpointName;
import cloud.stasis.compute.hypervisor.Domain;
import cloud.stasis.compute.hypervisor.Hypervisor;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.Instances;
import cloud.stasis.compute.instance.Lineage;
import cloud.stasis.compute.machine.MachineFiles;
import cloud.stasis.compute.store.BaseFiles;
import cloud.stasis.compute.store.BaseStreams;
import cloud.stasis.compute.store.CommandTransfer;
import cloud.stasis.compute.store.FreeSpace;
import cloud.stasis.compute.store.Stores;
import cloud.stasis.compute.watchdog.Watchdog;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.disks.NbdExport;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.StoreGrant;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import java.nio.file.Files;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What every action on an instance needs.
///
/// @param space where disks are
/// @param memorySpace where memory files and RAM are; may be the same
public record Host(
        Hypervisor hypervisor,
        Instances instances,
        BaseFiles bases,
        BaseStreams streams,
        FreeSpace space,
        FreeSpace memorySpace,
        Stores stores,
        Watchdog watchdog,
        Limits limits,
        Clock clock) {

    /// Where the parts of an instance are, of which some may still be on their way from the store.
    public MachineFiles files(Instance instance) {
        Map<DeviceName, NbdExport> coming = new TreeMap<>();
        instance.machine().disks().stream()
                .filter(disk -> disk.source() instanceof DiskSource.OverImage)
                .forEach(disk ->
                        coming(instance.disk(disk.target())).ifPresent(export -> coming.put(disk.target(), export)));
        return instance.files().withStreams(coming);
    }

    /// One layer may stand on what is not here yet. A longer chain cannot be described beside it, and waits.
    private Optional<NbdExport> coming(LayeredDisk disk) {
        Content ground = disk.known(disk.active()).content();
        if (!disk.grounds().contains(ground.index())) {
            return Optional.empty();
        }
        if (disk.depth() > 1) {
            streams.await(ground, TransferListener.NONE);
        }
        return streams.export(ground);
    }

    /// Brings contents for a command, as far as they are not here.
    ///
    /// @return by which more may be brought for it
    public CommandTransfer fetch(Collection<Content> contents, StoreGrant grant, CommandContext context) {
        CommandTransfer transfer = new CommandTransfer(context, Phase.FETCHING_IMAGE, bases.missing(contents), space);
        contents.forEach(content -> bases.fetch(content, stores.open(grant), transfer.next()));
        return transfer;
    }

    /// The state of an instance in our words.
    public PowerState state(Instance instance) {
        Optional<Domain> domain = hypervisor.domains().find(instance.id());
        if (domain.isPresent() && domain.get().isActive()) {
            return domain.get().state();
        }
        if (Files.exists(instance.directory().suspended())) {
            return PowerState.SUSPENDED;
        }
        return domain.map(Domain::state).orElse(PowerState.STOPPED);
    }

    /// Gives the definition of a machine that is off the layers that it goes on in; that of one that is on is written
    /// anew at its next start.
    public void redefine(Instance instance) {
        hypervisor
                .domains()
                .find(instance.id())
                .filter(domain -> !domain.isActive())
                .ifPresent(domain -> hypervisor.domains().define(instance.machine(), instance.files()));
    }

    /// Whether the RAM of every guest that keeps it in a file, and of this one, has room once more: blocks that
    /// it shares with snapshots become its own as the guest writes, and a guest whose RAM finds no room is
    /// killed.
    public boolean hasRoomForRam(Machine machine) {
        ByteCount needed = hypervisor.domains().list().stream()
                .filter(domain -> domain.isActive() && !domain.instance().equals(machine.instance()))
                .flatMap(domain -> instances.find(domain.instance()).stream())
                .filter(other -> Files.exists(other.directory().ram()))
                .map(other -> other.machine().memory())
                .reduce(machine.memory(), ByteCount::plus);
        return memorySpace.has(needed);
    }

    /// Refuses what a cut of a machine's memory may come to occupy.
    ///
    /// @throws cloud.stasis.model.StasisException `NO_SPACE`
    public void requireRoomForMemory(Instance instance) {
        if (Files.exists(instance.directory().ram()) && !hasRoomForRam(instance.machine())) {
            throw memorySpace.full(instance.machine().memory());
        }
        memorySpace.require(instance.machine().memory());
    }

    /// Refuses to give a machine RAM in a file that it may outgrow: the blocks that it shares with a memory file become
    /// its own as the guest writes.
    ///
    /// @throws cloud.stasis.model.StasisException `NO_SPACE`
    public void requireRoomForRam(Machine machine) {
        boolean isInFile =
                switch (hypervisor.memories().keeping()) {
                    case IN_FILES, PRIVATE -> true;
                    case IN_SHARED_MEMORY -> false;
                };
        if (isInFile && !hasRoomForRam(machine)) {
            throw memorySpace.full(machine.memory());
        }
    }

    /// The machine of an instance as it is archived: with what its devices keep, and as its guest sees it.
    public Machine archived(Instance instance) {
        return seen(instance.archived());
    }

    /// With the CPU and the generation that its guest sees now; with those of its saved memory if it is off.
    public Machine seen(Machine machine) {
        return machine.platform()
                .map(board -> machine.with(hypervisor.domains().seen(machine.instance(), board)))
                .orElse(machine);
    }

    public static boolean isActive(PowerState state) {
        return switch (state) {
            case RUNNING, PAUSED -> true;
            case SUSPENDED, STOPPED, CRASHED -> false;
        };
    }

    /// Forgets the checkpoints that span a disk. The other disks of those have no known point any more: the next
    /// capture reads them whole once.
    public void forgetSpanning(Instance instance, DeviceName target) {
        Set<CheckpointName> spanning = new TreeSet<>();
        Lineage lineage = instance.lineage();
        lineage.point(target).ifPresent(point -> spanning.add(point.checkpoint()));
        lineage.pending().stream()
                .flatMap(pending -> pending.pieces().stream())
                .filter(piece -> piece.disk().equals(target))
                .forEach(piece -> {
                    if (piece instanceof Lineage.Piece.AtCheckpoint at) {
                        spanning.add(at.checkpoint());
                    }
                });
        if (!spanning.isEmpty()) {
            Lineage rest = lineage.without(spanning);
            instance.store(rest);
            forgetUnneeded(instance, rest);
        }
    }

    /// Forgets checkpoints that the lineage does not name.
    public void forgetUnneeded(Instance instance, Lineage lineage) {
        if (hypervisor.domains().find(instance.id()).isEmpty()) {
            return;
        }
        Set<CheckpointName> unneeded = new TreeSet<>(hypervisor.history().checkpoints(instance.id()));
        unneeded.removeAll(lineage.checkpoints());
        unneeded.forEach(checkpoint -> hypervisor
                .history()
                .forget(
                        instance.id(),
                        checkpoint,
                        instance.disks().values().stream()
                                .map(LayeredDisk::activeFile)
                                .toList()));
    }
}
