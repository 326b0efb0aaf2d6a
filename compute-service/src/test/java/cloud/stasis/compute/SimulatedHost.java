package cloud.stasis.compute;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.ContentStore;
import cloud.stasis.chunks.Extent;
import cloud.stasis.chunks.MemoryContentStore;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.compute.agent.ComputeAgent;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.host.Limits;
import cloud.stasis.compute.hypervisor.Hypervisor;
import cloud.stasis.compute.hypervisor.simulated.SimulatedGuest;
import cloud.stasis.compute.hypervisor.simulated.SimulatedHypervisor;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.Instances;
import cloud.stasis.compute.store.BaseFiles;
import cloud.stasis.compute.store.BaseStreams;
import cloud.stasis.compute.store.FreeSpace;
import cloud.stasis.compute.watchdog.TimerWatchdog;
import cloud.stasis.compute.watchdog.Watchdog;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.messages.Fact;
import cloud.stasis.messages.StoreGrant;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.HostId;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Part;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.VolumeId;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/// An agent on a simulated hypervisor, with short words for what tests ask of it.
final class SimulatedHost implements AutoCloseable {
    static final DeviceName ROOT = new DeviceName("vda");
    static final DeviceName DATA = new DeviceName("vdb");
    static final ByteCount SIZE = ByteCount.ofMib(1);
    static final int BLOCK = 64 * 1024;
    private static final ByteCount FETCHED_FIRST = ByteCount.ofGib(4);
    static final StoreGrant GRANT = new StoreGrant(URI.create("http://127.0.0.1:1"), "token");
    private static final byte[] IMAGE = image();

    final SimulatedHypervisor hypervisor;
    final MemoryContentStore store;
    final List<Fact> facts = new CopyOnWriteArrayList<>();
    final Host host;
    final ComputeAgent agent;
    private volatile UnaryOperator<ContentStore> storeSeen;

    SimulatedHost(Path directory) {
        this(directory, new MemoryContentStore());
    }

    private SimulatedHost(Path directory, MemoryContentStore store) {
        this(directory, store, new SimulatedHypervisor());
    }

    /// With guests whose RAM is in files.
    static SimulatedHost withRamInFiles(Path directory) {
        return new SimulatedHost(
                directory, new MemoryContentStore(), new SimulatedHypervisor(SimulatedHypervisor.Ram.IN_FILES));
    }

    private SimulatedHost(Path directory, MemoryContentStore store, SimulatedHypervisor hypervisor) {
        this(directory, store, hypervisor, hypervisor, new TimerWatchdog(hypervisor));
    }

    /// Another agent on what a former one left.
    ///
    /// @param seen the hypervisor as the agent sees it
    SimulatedHost(
            Path directory,
            MemoryContentStore store,
            SimulatedHypervisor hypervisor,
            Hypervisor seen,
            Watchdog watchdog) {
        this(directory, store, UnaryOperator.identity(), hypervisor, seen, watchdog, FETCHED_FIRST);
    }

    /// That boots from images while they are fetched.
    static SimulatedHost streaming(
            Path directory, MemoryContentStore store, ContentStore seen, SimulatedHypervisor hypervisor) {
        return new SimulatedHost(
                directory,
                store,
                ignored -> seen,
                hypervisor,
                hypervisor,
                new TimerWatchdog(hypervisor),
                ByteCount.ZERO);
    }

    private SimulatedHost(
            Path directory,
            MemoryContentStore store,
            UnaryOperator<ContentStore> storeSeen,
            SimulatedHypervisor hypervisor,
            Hypervisor seen,
            Watchdog watchdog,
            ByteCount streamAbove) {
        this.store = store;
        this.storeSeen = storeSeen;
        this.hypervisor = hypervisor;
        HostLayout layout = new HostLayout(directory.resolve("c"), directory.resolve("v"));
        layout.prepare();
        Instances instances = new Instances(layout, seen.layers());
        FreeSpace space = new FreeSpace(layout.compute(), ByteCount.ofMib(1));
        BaseFiles bases =
                new BaseFiles(layout, ByteCount.ofGib(1), space, Clock.systemUTC(), instances::contentsOnDisk);
        this.host = new Host(
                seen,
                instances,
                bases,
                new BaseStreams(
                        layout, bases, (_, _) -> this.storeSeen.apply(store), BaseStreams.Fronts.NONE, streamAbove),
                space,
                space,
                grant -> this.storeSeen.apply(store),
                watchdog,
                Limits.DEFAULT,
                Clock.systemUTC());
        this.agent = new ComputeAgent(new HostId("simulated"), host, (fact, requestId) -> facts.add(fact));
        agent.start();
    }

    /// From now on the agent sees the store like this.
    void storeSeenAs(UnaryOperator<ContentStore> view) {
        storeSeen = view;
    }

    CommandResult handle(ComputeCommand command) {
        return agent.handle(command, new Context());
    }

    InstanceSpec spec() {
        return new InstanceSpec(
                "simulated",
                1,
                ByteCount.ofMib(64),
                new Boot.FromDisk(),
                List.of(
                        new DiskSpec(ROOT, SIZE, new DiskSource.OverImage(upload(IMAGE))),
                        new DiskSpec(DATA, SIZE, new DiskSource.Blank())));
    }

    InstanceId boot() {
        return boot(spec());
    }

    InstanceId boot(InstanceSpec spec) {
        InstanceId id = InstanceId.random();
        handle(new ComputeCommand.BootInstance(id, spec, GRANT));
        return id;
    }

    VolumeId volume() {
        VolumeId volume = VolumeId.random();
        LayeredDisk.createBlank(host.instances().layout().volume(volume), hypervisor.layers(), SIZE);
        return volume;
    }

    SimulatedGuest guest(InstanceId id) {
        return hypervisor.guest(id);
    }

    Instance instance(InstanceId id) {
        return host.instances().open(id);
    }

    PowerState state(InstanceId id) {
        return host.state(instance(id));
    }

    PowerState power(InstanceId id, PowerAction action) {
        return ((CommandResult.Observed) handle(new ComputeCommand.ChangePower(id, action))).state();
    }

    CommandResult.Captured capture(InstanceId id, UUID capture, Quiesce quiesce) {
        return (CommandResult.Captured) handle(new ComputeCommand.CaptureDisks(id, capture, List.of(), quiesce, GRANT));
    }

    CommandResult.Captured captureSealed(InstanceId id) {
        UUID capture = UUID.randomUUID();
        CommandResult.Captured captured = capture(id, capture, Quiesce.PREFER);
        settle(id, capture, Settlement.SEALED);
        return captured;
    }

    CommandResult.Captured snapshot(InstanceId id, SnapshotId snapshot, MemoryChoice memory) {
        CommandResult.Captured captured = (CommandResult.Captured)
                handle(new ComputeCommand.CaptureInstance(id, snapshot, memory, Quiesce.PREFER, GRANT));
        settle(id, snapshot.value(), Settlement.SEALED);
        return captured;
    }

    void settle(InstanceId id, UUID capture, Settlement settlement) {
        handle(new ComputeCommand.SettleCapture(id, capture, settlement));
    }

    void revert(
            InstanceId id,
            SnapshotId snapshot,
            CommandResult.Captured captured,
            MemoryChoice memory,
            AfterRevert resume) {
        handle(new ComputeCommand.RevertInstance(
                id, snapshot, instance(id).spec().spec(), captured.parts(), memory, resume, Optional.empty(), GRANT));
    }

    /// With what the instance is now kept as a snapshot on this host.
    void revertSafely(
            InstanceId id,
            SnapshotId snapshot,
            CommandResult.Captured captured,
            MemoryChoice memory,
            AfterRevert resume,
            SnapshotId safety) {
        handle(new ComputeCommand.RevertInstance(
                id,
                snapshot,
                instance(id).spec().spec(),
                captured.parts(),
                memory,
                resume,
                Optional.of(safety),
                GRANT));
    }

    /// What a clone of a snapshot is to be: a disk over each content that was captured.
    static InstanceSpec cloneSpec(InstanceSpec of, List<Part> parts) {
        List<DiskSpec> disks = of.disks().stream()
                .map(disk -> new DiskSpec(disk.target(), disk.size(), new DiskSource.OverImage(content(disk, parts))))
                .toList();
        return new InstanceSpec("clone", of.vcpus(), of.memory(), of.boot(), disks);
    }

    private static Content content(DiskSpec disk, List<Part> parts) {
        return parts.stream()
                .filter(part -> part instanceof Part.Disk of && of.target().equals(disk.target()))
                .map(Part::content)
                .findFirst()
                .orElseThrow();
    }

    /// Brings what a revert has left into the store.
    CommandResult.Captured keep(InstanceId id, SnapshotId safety) {
        CommandResult.Captured captured =
                (CommandResult.Captured) handle(new ComputeCommand.UploadSnapshot(id, safety, GRANT));
        settle(id, safety.value(), Settlement.SEALED);
        return captured;
    }

    /// The bytes of a disk as the store has them.
    byte[] disk(CommandResult.Captured captured, DeviceName target) {
        return captured.parts().stream()
                .filter(part -> part instanceof Part.Disk disk && disk.target().equals(target))
                .map(part -> store.small(part.content(), part.content().size()))
                .findFirst()
                .orElseThrow();
    }

    Content upload(byte[] bytes) {
        ContentSource source = new ContentSource() {
            @Override
            public ByteCount size() {
                return ByteCount.ofBytes(bytes.length);
            }

            @Override
            public void read(long offset, ByteBuffer into) {
                into.put(bytes, (int) offset, into.remaining());
            }
        };
        return store.upload(
                        source,
                        new Content(IndexId.ZERO, source.size()),
                        List.of(new Extent(0, bytes.length)),
                        TransferListener.NONE)
                .content();
    }

    /// Half as large as the disk over it, every block different.
    private static byte[] image() {
        byte[] image = new byte[(int) SIZE.bytes() / 2];
        for (int at = 0; at < image.length; at++) {
            image[at] = (byte) (1 + at / BLOCK);
        }
        return image;
    }

    @Override
    public void close() {
        agent.close();
    }

    static final class Context implements CommandContext {
        private final CommandId id = CommandId.random();

        @Override
        public CommandId id() {
            return id;
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public void progress(Phase phase, ByteCount done, ByteCount total) {}

        @Override
        public boolean isCancelled() {
            return false;
        }
    }
}
