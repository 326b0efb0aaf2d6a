package cloud.stasis.compute.rim;

import cloud.stasis.bus.CommandJournal;
import cloud.stasis.bus.CommandWorker;
import cloud.stasis.chunks.HttpContentStore;
import cloud.stasis.compute.agent.ComputeAgent;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.host.Limits;
import cloud.stasis.compute.hypervisor.Hypervisor;
import cloud.stasis.compute.hypervisor.libvirt.LibvirtHypervisor;
import cloud.stasis.compute.hypervisor.libvirt.VirtTypes;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.compute.instance.Instances;
import cloud.stasis.compute.store.BaseFiles;
import cloud.stasis.compute.store.FreeSpace;
import cloud.stasis.compute.watchdog.ShellWatchdog;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.Heartbeat;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.worker.WorkerBus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/// Puts the agent together: the one place that knows which parts it is made of.
@ApplicationScoped
class ComputeService {
    private static final Logger LOG = Logger.getLogger(ComputeService.class);

    private final ComputeConfig config;
    private final WorkerBus bus;
    private final Clock clock = Clock.systemUTC();
    private final HostId id;
    private final HostLayout layout;
    private final Hypervisor hypervisor;
    private final FreeSpace space;
    private final String virtType;
    private final ComputeAgent agent;
    private final CommandWorker<ComputeCommand> worker;
    private final ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("heartbeat").factory());
    private final ExecutorService observer = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("observer").factory());

    ComputeService(ComputeConfig config, WorkerBus bus) {
        this.config = config;
        this.bus = bus;
        this.id = new HostId(config.hostId().orElseGet(ComputeService::hostName));
        this.layout = new HostLayout(config.computeDir(), config.volumeDir());
        layout.prepare();
        var type = VirtTypes.of(config.virtType());
        this.virtType = type.name().toLowerCase(java.util.Locale.ROOT);
        this.hypervisor = new LibvirtHypervisor(config.libvirtUri(), id, type, layout.instances(), layout.run());
        Instances instances = new Instances(layout, hypervisor.layers());
        this.space = new FreeSpace(layout.compute(), ByteCount.ofMib(config.reserveMib()));
        BaseFiles bases =
                new BaseFiles(layout, ByteCount.ofMib(config.baseCacheMib()), space, clock, instances::contentsOnDisk);
        Host host = new Host(
                hypervisor,
                instances,
                bases,
                space,
                grant -> new HttpContentStore(grant.store(), grant.token()),
                new ShellWatchdog(layout.run(), config.libvirtUri()),
                Limits.DEFAULT,
                clock);
        this.agent = new ComputeAgent(id, host, bus);
        this.worker = new CommandWorker<>(
                ComputeCommand.class,
                agent,
                new CommandJournal(HostFiles.directory(layout.compute().resolve("journal")), clock),
                bus,
                clock);
    }

    HostLayout layout() {
        return layout;
    }

    void start(@Observes StartupEvent event) {
        hypervisor.domains().onChange(this::observed);
        agent.start();
        bus.open(worker);
        heart.scheduleWithFixedDelay(this::beat, 0, config.heartbeatInterval().toMillis(), TimeUnit.MILLISECONDS);
        LOG.infof("The agent serves hostId=%s hypervisor=%s virtType=%s", id, hypervisor.version(), virtType);
    }

    void stop(@Observes ShutdownEvent event) {
        heart.shutdownNow();
        observer.shutdownNow();
        worker.close();
        hypervisor.close();
    }

    /// Called on libvirt's event thread, which must not wait.
    private void observed(InstanceId instance) {
        if (!observer.isShutdown()) {
            observer.execute(() -> agent.tell(instance));
        }
    }

    private void beat() {
        try {
            var capacity = hypervisor.capacity();
            bus.beat(
                    id.toString(),
                    new Heartbeat.Host(
                            id,
                            clock.instant(),
                            config.computeUrl(),
                            hypervisor.version(),
                            virtType,
                            capacity.cpus(),
                            capacity.memory(),
                            space.total(),
                            space.free()));
        } catch (RuntimeException e) {
            // No heartbeat while the hypervisor is away: that is what the gateway must see.
            LOG.warnf("No heartbeat: the hypervisor did not answer hostId=%s", id);
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
