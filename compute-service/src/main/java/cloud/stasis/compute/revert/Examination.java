package cloud.stasis.compute.revert;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.ContentStore;
import cloud.stasis.compute.devices.Nics;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.InstanceRecord;
import cloud.stasis.compute.instance.SnapshotDirectory;
import cloud.stasis.compute.instance.SnapshotRecord;
import cloud.stasis.compute.store.CommandTransfer;
import cloud.stasis.compute.store.DeviceArchives;
import cloud.stasis.disks.FileStamp;
import cloud.stasis.disks.LayerNumber;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Part;
import cloud.stasis.model.Phase;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Finds out, before anything is touched, whether the machine of a snapshot can be had again, device by device, and
/// brings to this host what it takes. Where it cannot, all reasons are told at once.
final class Examination {
    private final Host host;
    private final Instance instance;
    private final ComputeCommand.RevertInstance command;
    private final SnapshotDirectory directory;
    private final Optional<SnapshotRecord> local;

    Examination(Host host, Instance instance, ComputeCommand.RevertInstance command) {
        this.host = host;
        this.instance = instance;
        this.command = command;
        this.directory = instance.directory().snapshot(command.snapshot());
        this.local = directory.meta().read();
    }

    Verdict verdict(CommandContext context) {
        ContentStore store = host.stores().open(command.grant());
        Machine saved = machine(store);
        Machine machine = saved.on(command.spec());
        if (command.memory() == MemoryChoice.WITH_MEMORY) {
            machine.requireInterfacesOf(saved);
        }
        SortedMap<DeviceName, Content> disks = disks(command.parts());
        if (!disks.keySet().equals(Set.copyOf(machine.targets()))) {
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT, "the snapshot's disks are not those of its device archive");
        }
        requireDisks(machine);
        Nics.requireReach(host, machine);
        InstanceRecord record = new InstanceRecord(command.spec(), machine);
        Instance then = host.instances().open(instance.id(), record);
        Optional<Content> memory = memory();
        List<Content> files = files(machine);
        ByteCount missing = host.bases().missing(files).plus(missingDisks(then, disks));
        host.space().require(missing);
        host.memorySpace().require(missingMemory(memory));
        if (isRamImage()) {
            host.requireRoomForRam(machine);
        }
        CommandTransfer transfer =
                new CommandTransfer(context, Phase.FETCHING_IMAGE, missing.plus(missingMemory(memory)), host.space());
        SortedMap<DeviceName, Verdict.Origin> origins = new TreeMap<>();
        disks.forEach((target, content) -> origins.put(target, origin(then.disk(target), content, store, transfer)));
        files.forEach(content -> host.bases().fetch(content, store, transfer.next()));
        return new Verdict(record, origins, memory.map(content -> memoryFile(content, store, transfer)));
    }

    /// The devices of the snapshot: as kept here, else from the store.
    private Machine machine(ContentStore store) {
        if (local.isPresent()) {
            return local.get().machine();
        }
        Machine machine = DeviceArchives.read(command.parts(), store);
        if (!machine.instance().equals(instance.id())) {
            throw new StasisException(ErrorCode.WRONG_STATE, "the snapshot is one of another instance");
        }
        return machine;
    }

    static SortedMap<DeviceName, Content> disks(List<Part> parts) {
        SortedMap<DeviceName, Content> disks = new TreeMap<>();
        parts.forEach(part -> {
            if (part instanceof Part.Disk disk) {
                disks.put(disk.target(), disk.content());
            }
        });
        return disks;
    }

    /// Disks that are not the instance's now must be here, and nobody else's.
    private void requireDisks(Machine machine) {
        Set<Path> own = instance.machine().disks().stream()
                .map(disk -> host.instances().path(instance.id(), disk))
                .collect(Collectors.toUnmodifiableSet());
        List<String> reasons = new ArrayList<>();
        for (Machine.Disk disk : machine.disks()) {
            Path path = host.instances().path(instance.id(), disk);
            String what = disk.source() instanceof DiskSource.Volume(var volume)
                    ? "volume " + volume + ", which was " + disk.target() + ","
                    : "disk " + disk.target();
            if (!LayeredDisk.exists(path)) {
                reasons.add(what + " is not on the instance's host (any more)");
            } else if (!own.contains(path)
                    && LayeredDisk.open(path, host.instances().layers()).isBeingWritten()) {
                reasons.add(what + " is in use by another instance");
            }
        }
        if (!reasons.isEmpty()) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "nothing was changed, since the machine of the snapshot cannot be had again: "
                            + String.join("; ", reasons));
        }
    }

    private Optional<Content> memory() {
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

    /// Whether its memory becomes RAM that others than the hypervisor see.
    private boolean isRamImage() {
        return command.memory() == MemoryChoice.WITH_MEMORY
                && command.parts().stream()
                        .anyMatch(part ->
                                part instanceof Part.Memory memory && memory.format() == Part.MemoryFormat.RAM_IMAGE);
    }

    /// What the machine reads besides its disks.
    private static List<Content> files(Machine machine) {
        List<Content> files = new ArrayList<>(machine.media());
        if (machine.boot() instanceof Boot.FromKernel kernel) {
            files.add(kernel.kernel());
            kernel.ramdisk().ifPresent(files::add);
        }
        return files;
    }

    private ByteCount missingDisks(Instance then, SortedMap<DeviceName, Content> disks) {
        return host.bases()
                .missing(disks.entrySet().stream()
                        .filter(disk -> then.disk(disk.getKey())
                                .heldBy(command.snapshot())
                                .isEmpty())
                        .map(java.util.Map.Entry::getValue)
                        .toList());
    }

    private ByteCount missingMemory(Optional<Content> memory) {
        return isIntact() ? ByteCount.ZERO : memory.map(Content::size).orElse(ByteCount.ZERO);
    }

    private Verdict.Origin origin(LayeredDisk disk, Content content, ContentStore store, CommandTransfer transfer) {
        Optional<LayerNumber> frozen = disk.heldBy(command.snapshot());
        if (frozen.isPresent()) {
            return new Verdict.Origin.Frozen(frozen.get());
        }
        return new Verdict.Origin.Fetched(content, host.bases().fetch(content, store, transfer.next()));
    }

    private boolean isIntact() {
        return directory.hasMemory()
                && local.isPresent()
                && local.get().memory().equals(FileStamp.of(directory.memory()));
    }

    /// A fetched memory is kept beside where the captured one was; `download` gives it its name when it is
    /// whole.
    private Path memoryFile(Content content, ContentStore store, CommandTransfer transfer) {
        if (isIntact()) {
            return directory.memory();
        }
        directory.make();
        store.download(content, directory.fetchedMemory(), transfer.next());
        return directory.fetchedMemory();
    }
}
