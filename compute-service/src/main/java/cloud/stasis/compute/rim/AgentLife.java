package cloud.stasis.compute.rim;

import cloud.stasis.bus.CommandJournal;
import cloud.stasis.bus.CommandWorker;
import cloud.stasis.compute.agent.ComputeAgent;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.hypervisor.HostCapacity;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.Heartbeat;
import cloud.stasis.model.Cpu;
import cloud.stasis.model.HostId;
import cloud.stasis.model.StasisException;
import cloud.stasis.worker.WorkerBus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/// From start to end: reconcile, let commands in, say every two seconds that the host lives. libvirt may come up
/// later than the agent; until then the agent is not ready, and its commands wait on the bus.
@ApplicationScoped
@Readiness
class AgentLife implements HealthCheck {
    private static final Logger LOG = Logger.getLogger(AgentLife.class);
    private static final Duration TRY_AGAIN_AFTER = Duration.ofSeconds(2);

    private final ComputeConfig config;
    private final HostId id;
    private final Host host;
    private final HostLayout layout;
    private final ComputeAgent agent;
    private final WorkerBus bus;
    private final Clock clock = Clock.systemUTC();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("agent-life").unstarted(this::live);
    private volatile boolean ready;

    AgentLife(ComputeConfig config, HostId id, Host host, HostLayout layout, ComputeAgent agent, WorkerBus bus) {
        this.config = config;
        this.id = id;
        this.host = host;
        this.layout = layout;
        this.agent = agent;
        this.bus = bus;
    }

    void start(@Observes StartupEvent event) {
        thread.start();
    }

    void stop(@Observes ShutdownEvent event) {
        thread.interrupt();
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("agent").status(ready).build();
    }

    private void live() {
        try {
            Machine.Board board = reconciled();
            Optional<Cpu> cpu = host.hypervisor().cpu();
            CommandJournal journal = new CommandJournal(layout.compute().resolve("journal"), clock);
            try (CommandWorker<ComputeCommand> worker =
                    new CommandWorker<>(ComputeCommand.class, agent, journal, bus, clock)) {
                bus.open(worker);
                ready = true;
                LOG.infof("The agent serves hostId=%s virtType=%s", id, board.virtType());
                while (true) {
                    beat(board, cpu);
                    Thread.sleep(config.heartbeatInterval());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ready = false;
        }
    }

    private Machine.Board reconciled() throws InterruptedException {
        while (true) {
            try {
                agent.start();
                return host.hypervisor().board();
            } catch (StasisException e) {
                LOG.errorf(e, "The agent cannot start yet and tries again code=%s", e.code());
                Thread.sleep(TRY_AGAIN_AFTER);
            }
        }
    }

    /// A host whose hypervisor does not answer is silent, so that it gets no new work.
    private void beat(Machine.Board board, Optional<Cpu> cpu) {
        try {
            HostCapacity capacity = host.hypervisor().capacity();
            boolean heard = bus.beat(
                    id.value(),
                    new Heartbeat.Host(
                            id,
                            clock.instant(),
                            config.computeUrl(),
                            host.hypervisor().version(),
                            board.virtType().wireName(),
                            capacity.cpus(),
                            capacity.memory(),
                            host.space().total(),
                            host.space().free(),
                            Optional.of(host.hypervisor().history().strategy()),
                            cpu,
                            Optional.of(agent.protections().statuses())));
            if (heard) {
                agent.protections().heardOf();
            }
        } catch (StasisException e) {
            LOG.warnf(e, "No heartbeat: the hypervisor does not answer code=%s", e.code());
        }
    }
}
