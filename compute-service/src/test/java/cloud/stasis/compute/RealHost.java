package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.ContentStore;
import cloud.stasis.chunks.MemoryContentStore;
import cloud.stasis.compute.agent.ComputeAgent;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.host.Limits;
import cloud.stasis.compute.hypervisor.Bridges;
import cloud.stasis.compute.hypervisor.Domain;
import cloud.stasis.compute.hypervisor.Hypervisor;
import cloud.stasis.compute.hypervisor.Memories.Keeping;
import cloud.stasis.compute.hypervisor.libvirt.LibvirtHypervisor;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.instance.Instances;
import cloud.stasis.compute.layers.Folds;
import cloud.stasis.compute.store.BaseFiles;
import cloud.stasis.compute.store.BaseStreams;
import cloud.stasis.compute.store.FreeSpace;
import cloud.stasis.compute.store.ProxyFronts;
import cloud.stasis.compute.watchdog.ShellLease;
import cloud.stasis.compute.watchdog.ShellWatchdog;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.Outliving;
import cloud.stasis.disks.Program;
import cloud.stasis.machine.VirtType;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.Fact;
import cloud.stasis.messages.StoreGrant;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CaptureStrategy;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// An agent on the real libvirt of this machine, with a directory and a host id of its own: domains of others
/// are not seen, and nothing is left when it is closed.
public final class RealHost implements AutoCloseable {
    public static final URI LIBVIRT = URI.create("qemu:///system");
    static final StoreGrant GRANT = new StoreGrant(URI.create("http://127.0.0.1:1"), "token");
    private static final ByteCount ROOT = ByteCount.ofMib(1024);
    private static final ByteCount DATA = ByteCount.ofMib(128);
    private static final ByteCount MEMORY = ByteCount.ofMib(256);
    private static final ByteCount FETCHED_FIRST = ByteCount.ofGib(4);

    /// A guest boots in 3 s, in 30 where four others want the same CPU, and a machine that is rented stands still now
    /// and then.
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final int CONSOLE_SHOWN = 2000;
    private static final Duration TOOL = Duration.ofSeconds(60);

    final HostId id;
    final Path directory;
    final ContentStore store;
    final Host host;
    final ComputeAgent agent;
    final List<Fact> facts = new CopyOnWriteArrayList<>();
    final StandbyDoor door = new StandbyDoor();
    private final Hypervisor hypervisor;

    public RealHost() {
        this(freshDirectory(), new MemoryContentStore());
    }

    /// With memory files in a directory of another file system, and networks.
    static RealHost withMemoryIn(Path memory, Bridges bridges) {
        return new RealHost(freshDirectory(), memory, new MemoryContentStore(), bridges);
    }

    RealHost(Path directory, ContentStore store) {
        this(directory, directory.resolve("compute/memory"), store);
    }

    /// With memory files in a directory of another file system.
    static RealHost withMemoryIn(Path memory) {
        return new RealHost(freshDirectory(), memory, new MemoryContentStore());
    }

    private RealHost(Path directory, Path memory, ContentStore store) {
        this(directory, memory, store, Bridges.NONE);
    }

    /// That reads the disks of running machines by copies of them.
    static RealHost copying() {
        Path directory = freshDirectory();
        return new RealHost(
                directory,
                directory.resolve("compute/memory"),
                new MemoryContentStore(),
                Bridges.NONE,
                Optional.of(CaptureStrategy.COPY),
                FETCHED_FIRST,
                Optional.empty());
    }

    /// Whose guests keep their RAM as it is said, and not as the host is able to.
    static RealHost keeping(Keeping keeping) {
        Path directory = freshDirectory();
        return new RealHost(
                directory,
                directory.resolve("compute/memory"),
                new MemoryContentStore(),
                Bridges.NONE,
                Optional.empty(),
                FETCHED_FIRST,
                Optional.of(keeping));
    }

    /// Another agent on what one has left, that would keep RAM differently. One of the two is closed.
    static RealHost after(RealHost former, Keeping keeping) {
        return new RealHost(
                former.directory,
                former.host.instances().layout().memory(),
                former.store,
                Bridges.NONE,
                Optional.empty(),
                FETCHED_FIRST,
                Optional.of(keeping));
    }

    /// Another agent on what one has left, as when its process starts again. One of the two is closed.
    static RealHost restarted(RealHost former, Bridges bridges) {
        return new RealHost(former.directory, former.host.instances().layout().memory(), former.store, bridges);
    }

    /// Another agent on a directory, in this process or another one.
    public static RealHost on(Path directory) {
        return new RealHost(directory, new MemoryContentStore());
    }

    public Path directory() {
        return directory;
    }

    private RealHost(Path directory, Path memory, ContentStore store, Bridges bridges) {
        this(directory, memory, store, bridges, Optional.empty(), FETCHED_FIRST, Optional.empty());
    }

    /// That boots from images while they are fetched.
    static RealHost streaming(Path directory, ContentStore store) {
        return new RealHost(
                directory,
                directory.resolve("compute/memory"),
                store,
                Bridges.NONE,
                Optional.empty(),
                ByteCount.ZERO,
                Optional.empty());
    }

    /// @param strategy as the hypervisor is able to if it is not said
    /// @param streamAbove images larger than this are fetched while guests run on them
    /// @param keeping as the host is able to if it is not said
    private RealHost(
            Path directory,
            Path memory,
            ContentStore store,
            Bridges bridges,
            Optional<CaptureStrategy> strategy,
            ByteCount streamAbove,
            Optional<Keeping> keeping) {
        this.directory = directory;
        this.store = store;
        this.id = new HostId(directory.getFileName().toString());
        HostLayout layout = new HostLayout(
                directory.resolve("compute"),
                List.of(directory.resolve("volumes")),
                memory,
                HostLayout.TPMS_OF_LIBVIRT);
        layout.prepare();
        this.hypervisor = new LibvirtHypervisor(
                LIBVIRT,
                id,
                VirtType.QEMU,
                layout.instances(),
                layout.run(),
                layout.memory(),
                bridges,
                strategy,
                keeping);
        Instances instances = new Instances(layout, hypervisor.layers());
        FreeSpace space = new FreeSpace(layout.compute(), ByteCount.ofMib(64));
        BaseFiles bases =
                new BaseFiles(layout, ByteCount.ofGib(8), space, Clock.systemUTC(), instances::contentsOnDisk);
        this.host = new Host(
                hypervisor,
                instances,
                bases,
                new BaseStreams(layout, bases, (_, _) -> store, new ProxyFronts(Outliving.HERE), streamAbove),
                space,
                new FreeSpace(layout.memory(), ByteCount.ofMib(64)),
                grant -> store,
                new ShellWatchdog(layout.run(), LIBVIRT, Outliving.HERE),
                Limits.DEFAULT,
                Clock.systemUTC());
        this.agent = new ComputeAgent(
                id,
                host,
                (fact, requestId) -> facts.add(fact),
                Runnable::run,
                Folds.Later.NEVER,
                new ComputeAgent.Sides(new ShellLease(layout.run(), LIBVIRT, Outliving.HERE), door.url()));
        door.show(agent.protections().standbys());
    }

    static Path freshDirectory() {
        try {
            Path parent = Files.createDirectories(Path.of("/var/tmp/stasis-compute-it"));
            Path directory = Files.createTempDirectory(parent, "h");
            HostFiles.directory(parent);
            return HostFiles.directory(directory);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    public Host host() {
        return host;
    }

    public Instance instance(InstanceId instance) {
        return host.instances().open(instance);
    }

    /// An agent of this host that sees the hypervisor like this.
    ComputeAgent seeing(UnaryOperator<Hypervisor> view) {
        Host seen = new Host(
                view.apply(hypervisor),
                host.instances(),
                host.bases(),
                host.streams(),
                host.space(),
                host.memorySpace(),
                host.stores(),
                host.watchdog(),
                host.limits(),
                host.clock());
        return new ComputeAgent(id, seen, (fact, requestId) -> facts.add(fact));
    }

    /// As when the process starts.
    public void start() {
        agent.start();
    }

    public CommandResult handle(ComputeCommand command) {
        return agent.handle(command, new Context());
    }

    /// By an agent that sees the hypervisor like this.
    public CommandResult handle(ComputeCommand command, UnaryOperator<Hypervisor> view) {
        return seeing(view).handle(command, new Context());
    }

    static InstanceSpec spec(DemoGuest guest, List<DeviceName> rawDisks) {
        List<DiskSpec> disks = new ArrayList<>();
        disks.add(new DiskSpec(new DeviceName("vda"), ROOT, new DiskSource.OverImage(guest.root())));
        disks.add(new DiskSpec(new DeviceName("vdb"), DATA, new DiskSource.Blank()));
        rawDisks.forEach(target -> disks.add(new DiskSpec(target, DATA, new DiskSource.Blank())));
        return new InstanceSpec("demo <&> \"guest\"", 1, MEMORY, guest.boot(""), disks);
    }

    /// Boots the demo guest with a root disk, a data disk and disks that it leaves alone, and waits for it.
    public InstanceId boot(List<DeviceName> rawDisks) {
        InstanceId instance = InstanceId.random();
        handle(new ComputeCommand.BootInstance(instance, spec(DemoGuest.in(store), rawDisks), GRANT));
        awaitReady(instance);
        return instance;
    }

    /// Runs a shell command in the guest through its agent and returns what it wrote. A guest that has just been
    /// given back its memory opens the channel anew, a moment after it goes on.
    public String inGuest(InstanceId instance, String command) {
        awaitAgent(instance);
        return GuestShell.run(instance, command);
    }

    String console(InstanceId instance) {
        try {
            return Files.readString(host.instances().layout().instance(instance).console());
        } catch (IOException e) {
            return "";
        }
    }

    void awaitReady(InstanceId instance) {
        await("the guest is ready", () -> console(instance).contains("stasis-demo: ready"));
        awaitAgent(instance);
    }

    public void awaitAgent(InstanceId instance) {
        try {
            await("the guest agent answers", () -> GuestShell.answers(instance));
        } catch (AssertionError e) {
            String console = console(instance);
            throw new AssertionError(
                    "the guest agent of a machine that is "
                            + hypervisor.domains().find(instance).map(Domain::state)
                            + " says nothing within " + PATIENCE + ": " + GuestShell.silence(instance)
                            + "; the end of its console: "
                            + console.substring(Math.max(0, console.length() - CONSOLE_SHOWN)),
                    e);
        }
    }

    public static void await(String what, Supplier<Boolean> condition) {
        await(what, PATIENCE, condition);
    }

    static void await(String what, Duration deadline, Supplier<Boolean> condition) {
        long end = System.nanoTime() + deadline.toNanos();
        while (!condition.get()) {
            assertThat(System.nanoTime()).as(what + " within " + deadline).isLessThan(end);
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    static String tool(String... command) {
        return Program.run(TOOL, List.of(command));
    }

    @Override
    public void close() {
        for (Domain domain : hypervisor.domains().list()) {
            hypervisor.domains().powerOff(domain.instance());
            hypervisor.domains().remove(domain.instance());
        }
        // Its thread would keep everything alive that this test has put into its store.
        agent.close();
        door.close();
        HostFiles.deleteTree(directory);
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
