package cloud.stasis.compute.capture;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.Extent;
import cloud.stasis.chunks.FileSource;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.hypervisor.Memories.Way;
import cloud.stasis.compute.hypervisor.RamImage;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.SnapshotDirectory;
import cloud.stasis.compute.instance.SnapshotRecord;
import cloud.stasis.compute.instance.SnapshotRecord.Quiet;
import cloud.stasis.disks.LayerNumber;
import cloud.stasis.disks.SparseFile;
import cloud.stasis.machine.DeviceArchive;
import cloud.stasis.machine.Machine;
import cloud.stasis.machine.Platform;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.StoreGrant;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Cpu;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Part;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Captures a whole machine as a snapshot.
///
/// | machine | memory asked for | how |
/// |---|---|---|
/// | on | no | [LiveCapture]; nothing stays here |
/// | suspended | no | [RestingCapture]; nothing stays here |
/// | else | | [SnapshotCut]; frozen layers and memory stay here as a cache |
///
/// Where layers are frozen, the instant is over before the first byte is uploaded, and an upload that was
/// interrupted is taken up from `meta.json`.
public final class CaptureInstance {
    private static final String MEMORY = "memory";

    /// Bytes; smaller ones are read as zeros sooner than they are remembered.
    private static final long LEAST_HOLE = 1024 * 1024;

    private static final String DEVICES = "devices";
    private static final String DOMAIN_XML = "domain-xml";

    private final Host host;
    private final LiveCapture live;
    private final RestingCapture resting;
    private final SnapshotCut cut;
    private final SettleCapture settle;

    public CaptureInstance(Host host, SnapshotCut cut, MemoryCut memoryCut, SettleCapture settle) {
        this.host = host;
        this.live = new LiveCapture(host, memoryCut);
        this.resting = new RestingCapture(host);
        this.cut = cut;
        this.settle = settle;
    }

    public CommandResult.Captured handle(ComputeCommand.CaptureInstance command, CommandContext context) {
        Instance instance = host.instances().open(command.instance());
        Order order = order(instance, command.snapshot(), command.quiesce(), command.grant());
        PowerState state = host.state(instance);
        if (command.memory() == MemoryChoice.DISKS_ONLY && state != PowerState.STOPPED) {
            return disksOnly(instance, state, order, context).captured();
        }
        context.progress(Phase.CAPTURING, ByteCount.ZERO, ByteCount.ZERO);
        SnapshotRecord instant = taken(instance, command.snapshot())
                .orElseGet(() -> cut.cut(instance, command.snapshot(), command.quiesce()));
        try {
            return captured(upload(instance, order, instant, context), instant);
        } catch (StasisException e) {
            if (!e.kind().isRetryable()) {
                settle.abandon(instance, order.capture());
            }
            throw e;
        }
    }

    /// Uploads an instant that a revert has left. It stays here if that fails: it is all that is left of what the
    /// machine was.
    public CommandResult.Captured handle(ComputeCommand.UploadSnapshot command, CommandContext context) {
        Instance instance = host.instances().open(command.instance());
        SnapshotRecord instant = taken(instance, command.snapshot())
                .orElseThrow(() -> new StasisException(
                        ErrorCode.SNAPSHOT_NOT_FOUND, "this host does not keep that snapshot (any more)"));
        Order order = order(instance, command.snapshot(), Quiesce.PREFER, command.grant());
        return captured(upload(instance, order, instant, context), instant);
    }

    /// With the CPU that the memory is of.
    private static CommandResult.Captured captured(Taken taken, SnapshotRecord instant) {
        CommandResult.Captured all = taken.captured();
        Optional<Cpu> cpu =
                instant.memory().flatMap(_ -> instant.machine().platform()).flatMap(Platform::cpu);
        return new CommandResult.Captured(
                all.takenAt(), all.parts(), all.receipt().seeing(cpu));
    }

    private static Order order(Instance instance, SnapshotId snapshot, Quiesce quiesce, StoreGrant grant) {
        return new Order(snapshot.value(), new TreeSet<>(instance.disks().keySet()), quiesce, grant);
    }

    /// What an interrupted attempt has cut already.
    private static Optional<SnapshotRecord> taken(Instance instance, SnapshotId snapshot) {
        return instance.directory().snapshot(snapshot).meta().read().filter(record -> instance.lineage()
                .pending(snapshot.value())
                .isPresent());
    }

    private Taken disksOnly(Instance instance, PowerState state, Order order, CommandContext context) {
        Machine machine = host.archived(instance);
        Taken taken = Host.isActive(state)
                ? live.capture(instance, state, order, context, Runnable::run)
                : resting.capture(instance, state, order, context);
        try {
            String xml = host.hypervisor().domains().describe(instance.id());
            Upload upload = resting.upload(order, context, ByteCount.ZERO);
            return taken.with(descriptions(DeviceArchive.write(machine), xml, upload), upload.transfers());
        } catch (RuntimeException | Error e) {
            settle.abandon(instance, order.capture());
            throw e;
        }
    }

    private Taken upload(Instance instance, Order order, SnapshotRecord instant, CommandContext context) {
        SnapshotDirectory directory = instance.directory().snapshot(new SnapshotId(order.capture()));
        List<Extent> memoryData =
                instant.memory().isPresent() ? SparseFile.dataOf(directory.memory(), LEAST_HOLE) : List.of();
        Upload upload = resting.upload(
                order,
                context,
                ByteCount.ofBytes(memoryData.stream().mapToLong(Extent::length).sum()));
        SortedMap<DeviceName, LayerNumber> layers = new TreeMap<>();
        instant.disks().forEach(disk -> layers.put(disk.target(), new LayerNumber(disk.layer())));
        SortedMap<DeviceName, Content> contents =
                resting.layers(host.instances().disksOf(instance, instant.machine()), layers, upload);
        List<Part> others = new ArrayList<>();
        if (instant.memory().isPresent()) {
            try (FileSource memory = FileSource.of(directory.memory())) {
                others.add(new Part.Memory(format(directory.memory()), upload.whole(MEMORY, memory, memoryData)));
            }
        }
        others.addAll(descriptions(DeviceArchive.write(instant.machine()), instant.domainXml(), upload));
        instance.store(instance.lineage()
                .uploaded(
                        order.capture(),
                        piece -> contents.containsKey(piece.disk()) ? piece.of(contents.get(piece.disk())) : piece));
        return new Taken(
                instant.takenAt(),
                contents,
                others,
                strategy(instant, directory),
                instant.quiet().map(Quiet::asked).orElse(order.quiesce()),
                instant.reached(),
                instant.quiet().map(Quiet::frozen).orElse(Duration.ZERO),
                instant.paused(),
                Receipts.agent(instant),
                Receipts.hypervisor(host, instant.machine()),
                upload.transfers(),
                instant.quiet().flatMap(Quiet::freeze));
    }

    private static Part.MemoryFormat format(Path memory) {
        return RamImage.isOne(memory) ? Part.MemoryFormat.RAM_IMAGE : Part.MemoryFormat.LIBVIRT_SAVE;
    }

    static String strategy(SnapshotRecord instant, SnapshotDirectory directory) {
        if (instant.memory().isEmpty()) {
            return "layer";
        }
        return switch (instant.way().orElseGet(() -> likely(directory.memory()))) {
            case SHARED -> "memory-fast";
            case COPIED -> "memory-copied";
            case COMPARED -> "memory-compared";
            case SAVED -> "memory-standard";
        };
    }

    /// Of a record that does not tell.
    private static Way likely(Path memory) {
        return switch (format(memory)) {
            case RAM_IMAGE -> Way.SHARED;
            case LIBVIRT_SAVE -> Way.SAVED;
        };
    }

    private static List<Part> descriptions(byte[] machine, String xml, Upload upload) {
        byte[] text = xml.getBytes(StandardCharsets.UTF_8);
        return List.of(
                new Part.DeviceArchive(upload.whole(DEVICES, new Sources.Bytes(machine))),
                new Part.DomainXml(upload.whole(DOMAIN_XML, new Sources.Bytes(text))));
    }
}
