package cloud.stasis.compute.rim;

import cloud.stasis.chunks.Capability;
import cloud.stasis.chunks.HttpContentStore;
import cloud.stasis.compute.agent.ComputeAgent;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.host.Limits;
import cloud.stasis.compute.hypervisor.Bridges;
import cloud.stasis.compute.hypervisor.Hypervisor;
import cloud.stasis.compute.hypervisor.Memories.Keeping;
import cloud.stasis.compute.hypervisor.libvirt.LibvirtHypervisor;
import cloud.stasis.compute.hypervisor.libvirt.VirtTypes;
import cloud.stasis.compute.hypervisor.simulated.SimulatedHypervisor;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.compute.instance.Instances;
import cloud.stasis.compute.store.BaseFiles;
import cloud.stasis.compute.store.BaseStreams;
import cloud.stasis.compute.store.FreeSpace;
import cloud.stasis.compute.store.ProxyFronts;
import cloud.stasis.compute.watchdog.Lease;
import cloud.stasis.compute.watchdog.ShellLease;
import cloud.stasis.compute.watchdog.ShellWatchdog;
import cloud.stasis.compute.watchdog.TimerWatchdog;
import cloud.stasis.compute.watchdog.Watchdog;
import cloud.stasis.disks.Outliving;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CaptureStrategy;
import cloud.stasis.model.HostId;
import cloud.stasis.model.OperatorNetwork;
import cloud.stasis.worker.WorkerBus;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// The one place where the parts of the agent are put together.
@ApplicationScoped
class AgentWiring {
    private static final Duration STREAM_CAPABILITY_LIFE = Duration.ofMinutes(5);

    private final ComputeConfig config;
    private final Clock clock = Clock.systemUTC();
    private final ScheduledExecutorService folds = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("folds").daemon().factory());

    AgentWiring(ComputeConfig config) {
        this.config = config;
    }

    @Produces
    @Singleton
    HostId hostId() {
        return new HostId(config.hostId());
    }

    @Produces
    @Singleton
    HostLayout layout() {
        HostLayout layout = new HostLayout(
                config.computeDir(),
                config.volumeDir(),
                config.memoryDir().orElse(config.computeDir().resolve("memory")),
                switch (config.hypervisor()) {
                    case LIBVIRT -> HostLayout.TPMS_OF_LIBVIRT;
                    case SIMULATED -> config.computeDir().resolve("tpm");
                });
        layout.prepare();
        return layout;
    }

    @Produces
    @Singleton
    Capability.Key capabilityKey() {
        return Capability.Key.parse(config.capabilityKey(), clock);
    }

    @Produces
    @Singleton
    Hypervisor hypervisor(HostLayout layout, HostId id) {
        return switch (config.hypervisor()) {
            case LIBVIRT ->
                new LibvirtHypervisor(
                        config.libvirtUri(),
                        id,
                        VirtTypes.of(config.virtType()),
                        layout.instances(),
                        layout.run(),
                        layout.memory(),
                        bridges(),
                        strategy(),
                        keeping());
            case SIMULATED ->
                new SimulatedHypervisor(
                        SimulatedHypervisor.Ram.ANONYMOUS, strategy().orElse(CaptureStrategy.BITMAP));
        };
    }

    private Optional<CaptureStrategy> strategy() {
        return switch (config.captureStrategy()) {
            case AUTO -> Optional.empty();
            case BITMAP -> Optional.of(CaptureStrategy.BITMAP);
            case COPY -> Optional.of(CaptureStrategy.COPY);
        };
    }

    private Optional<Keeping> keeping() {
        return switch (config.guestMemory()) {
            case AUTO -> Optional.empty();
            case SHARED -> Optional.of(Keeping.IN_SHARED_MEMORY);
            case PRIVATE -> Optional.of(Keeping.PRIVATE);
        };
    }

    private Bridges bridges() {
        return new Bridges(config.networks().orElse(List.of()).stream()
                .map(OperatorNetwork::parse)
                .collect(Collectors.toMap(OperatorNetwork::id, OperatorNetwork::bridge)));
    }

    @Produces
    @Singleton
    Watchdog watchdog(HostLayout layout, Hypervisor hypervisor) {
        return switch (config.hypervisor()) {
            case LIBVIRT -> {
                outliving().tryOut();
                yield new ShellWatchdog(layout.run(), config.libvirtUri(), outliving());
            }
            case SIMULATED -> new TimerWatchdog(hypervisor);
        };
    }

    @Produces
    @Singleton
    Host host(HostLayout layout, Hypervisor hypervisor, Watchdog watchdog, HostId id, Capability.Key key) {
        Instances instances = new Instances(layout, hypervisor.layers());
        FreeSpace space = new FreeSpace(layout.compute(), bytes(config.diskReserve()));
        BaseFiles bases =
                new BaseFiles(layout, bytes(config.baseCacheLimit()), space, clock, instances::contentsOnDisk);
        return new Host(
                hypervisor,
                instances,
                bases,
                new BaseStreams(layout, bases, opener(id, key), fronts(), bytes(config.streamAbove())),
                space,
                new FreeSpace(layout.memory(), bytes(config.diskReserve())),
                grant -> new HttpContentStore(grant.store(), grant.token()),
                watchdog,
                new Limits(
                        config.freezeDeadline(),
                        config.pauseDeadline(),
                        config.shutdownDeadline(),
                        config.layerDepth()),
                clock);
    }

    /// A content streams for longer than the capability of the command that began it lives. The key is that of
    /// the site, which this service has as all others do. Each content has a lease of its own in the store.
    private static BaseStreams.Opener opener(HostId id, Capability.Key key) {
        Set<Capability.Right> rights = Set.of(Capability.Right.STORE_READ, Capability.Right.STORE_WRITE);
        return (store, content) -> new HttpContentStore(
                store, () -> key.grant(rights, "host/" + id.value() + "/" + content, STREAM_CAPABILITY_LIFE));
    }

    private Outliving outliving() {
        return new Outliving(config.outlive());
    }

    private BaseStreams.Fronts fronts() {
        return switch (config.hypervisor()) {
            case LIBVIRT -> new ProxyFronts(outliving());
            case SIMULATED -> BaseStreams.Fronts.NONE;
        };
    }

    @Produces
    @Singleton
    ComputeAgent agent(HostId id, Host host, WorkerBus bus, HostLayout layout) {
        return new ComputeAgent(
                id,
                host,
                bus,
                folds,
                (delay, action) -> folds.schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS),
                new ComputeAgent.Sides(leases(layout), config.computeUrl()));
    }

    private Lease leases(HostLayout layout) {
        return switch (config.hypervisor()) {
            case LIBVIRT -> new ShellLease(layout.run(), config.libvirtUri(), outliving());
            case SIMULATED -> Lease.NONE;
        };
    }

    /// What it was doing is found out and done again by the next process.
    void close(@Disposes ComputeAgent agent) {
        folds.shutdownNow();
        agent.close();
    }

    private static ByteCount bytes(MemorySize size) {
        return ByteCount.ofBytes(size.asLongValue());
    }
}
