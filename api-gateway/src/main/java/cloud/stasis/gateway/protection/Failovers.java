package cloud.stasis.gateway.protection;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.InstanceState;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.compute.Operation;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.job.JobTracker;
import cloud.stasis.gateway.job.Jobs;
import cloud.stasis.gateway.protection.FailOver.Kind;
import cloud.stasis.gateway.protection.FailureDetector.Fence;
import cloud.stasis.gateway.protection.FailureDetector.Finding;
import cloud.stasis.gateway.protection.FailureDetector.Signals;
import cloud.stasis.gateway.protection.Protection.Failover;
import cloud.stasis.gateway.protection.ProtectionState.Step;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.messages.ProtectionStatus;
import cloud.stasis.messages.ProtectionStatus.Health;
import cloud.stasis.messages.ProtectionStatus.Role;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/// Begins failovers: those that are asked for, and those that the failure detector finds necessary.
///
/// A planned one is a saga from the start. Any other one waits until the source is fenced, and there are two ways
/// to that, of which the first counts:
///
/// ```
///  FenceInstance ──> the source acknowledges (FenceSource) ───────────┐
///                                                                     ├──> take-over
///  neither bus nor standby heard of the source for its lease (look) ──┘
/// ```
///
/// Each [#look] may be repeated and done by several gateways at once: it decides anew on rows that it has locked.
public final class Failovers {
    /// Protections of one look.
    private static final int BATCH = 1000;

    private static final Logger LOG = Logger.getLogger(Failovers.class);

    private final Transactions transactions;
    private final Instances instances;
    private final ProtectionRows rows;
    private final Fleet fleet;
    private final SagaRunner sagas;
    private final FenceSource fenceSource;
    private final TakeOvers takeOvers;
    private final Relinks relinks;
    private final Jobs jobs;
    private final JobTracker tracker;
    private final Clock clock;

    public Failovers(
            Transactions transactions,
            Instances instances,
            ProtectionRows rows,
            Fleet fleet,
            SagaRunner sagas,
            FenceSource fenceSource,
            TakeOvers takeOvers,
            Relinks relinks,
            Jobs jobs,
            Clock clock) {
        this.transactions = transactions;
        this.instances = instances;
        this.rows = rows;
        this.fleet = fleet;
        this.sagas = sagas;
        this.fenceSource = fenceSource;
        this.takeOvers = takeOvers;
        this.relinks = relinks;
        this.jobs = jobs;
        this.tracker = new JobTracker(jobs, clock);
        this.clock = clock;
    }

    /// @throws StasisException `PROTECTION_NOT_FOUND`; `WRONG_STATE`; `STANDBY_NOT_COMPLETE` if there is nothing
    /// that could be taken over
    public Job begin(Caller caller, InstanceId id, Kind kind) {
        return transactions.call(() -> {
            Instance server = instances.lockVisible(caller, id);
            server.requireUnlocked(caller);
            Protection protection =
                    server.state().protection().flatMap(rows::lock).orElseThrow(() -> Protections.unprotected(id));
            Job job = Job.accepted(caller, server.project(), JobKind.FAIL_OVER, JobSubject.of(id), clock.instant());
            switch (kind) {
                case PLANNED -> plan(server, protection, job);
                case UNPLANNED -> {
                    requireMayFailOver(server, protection);
                    requireComplete(protection);
                    fence(server, protection, job);
                }
            }
            return job;
        });
    }

    private void plan(Instance server, Protection protection, Job job) {
        Instant now = clock.instant();
        if (!(protection.state() instanceof ProtectionState.Protected)) {
            throw Protections.busy(protection);
        }
        requireAlive(protection.source(), now, "ask for a failover that is not planned");
        requireAlive(protection.standby(), now, "wait until it is back");
        SagaId saga = SagaId.random();
        InstanceState busy = server.state().toBusy(server.id(), Operation.FAIL_OVER, saga);
        instances.save(server.in(busy, now));
        rows.save(protection.in(protection.state().toFailingOver(saga, job.id(), Step.HANDING_OVER), now));
        sagas.start(saga, new Start<>(takeOvers.saga(), takeOvers.data(protection, server, Kind.PLANNED)), job);
    }

    private void requireAlive(HostId host, Instant now, String advice) {
        if (fleet.find(host).filter(found -> found.isAlive(now)).isEmpty()) {
            throw new StasisException(ErrorCode.WRONG_STATE, "Host " + host + " is not heard of: " + advice + ".");
        }
    }

    /// The server is about to be stopped for it.
    private void requireComplete(Protection protection) {
        if (!isComplete(protection)) {
            throw new StasisException(
                    ErrorCode.STANDBY_NOT_COMPLETE,
                    "The standby of instance " + protection.instance()
                            + " has no complete epoch yet: there is nothing that could be taken over.");
        }
    }

    private boolean isComplete(Protection protection) {
        return rows.report(protection.id(), Role.STANDBY)
                .filter(report -> report.status().epoch() > 0)
                .isPresent();
    }

    /// From all states in which the standby may have what the server was, also while a source that is asked to hand
    /// it over does not answer; not while another take-over may be under way.
    private static void requireMayFailOver(Instance server, Protection protection) {
        boolean allowed =
                switch (protection.state()) {
                    case ProtectionState.Syncing _, ProtectionState.Protected _, ProtectionState.Broken _ -> true;
                    case ProtectionState.FailingOver failing -> failing.step() == Step.HANDING_OVER;
                    case ProtectionState.Preparing _, ProtectionState.TakenOver _, ProtectionState.Removing _ -> false;
                };
        if (!allowed || server.state().isBusyWith(Operation.DELETE)) {
            throw Protections.busy(protection);
        }
    }

    /// The server is this failover's from here on, whatever was being done with it.
    private void fence(Instance server, Protection protection, Job job) {
        Instant now = clock.instant();
        Optional<SagaId> onServer = server.state().work().map(InstanceState.Work::saga);
        Optional<SagaId> onProtection = protection.state().worker();
        SagaId takeOver = SagaId.random();
        instances.save(server.in(server.state().toFailingOver(takeOver), now));
        rows.save(protection.in(protection.state().toFailingOver(takeOver, job.id(), Step.FENCING), now));
        tracker.accepted(job);
        sagas.start(
                SagaId.random(),
                new Start<>(
                        fenceSource, new FenceSource.Data(server.id(), protection.id(), protection.source(), takeOver)),
                job.requestId());
        onServer.ifPresent(sagas::cancelIfPossible);
        onProtection.filter(saga -> !onServer.equals(Optional.of(saga))).ifPresent(sagas::cancelIfPossible);
    }

    /// Looks at all protections once.
    public void look() {
        for (ProtectionId id : transactions.call(() -> rows.watched(BATCH))) {
            try {
                transactions.run(() -> look(id));
            } catch (RuntimeException e) {
                LOG.errorf(e, "A protection could not be looked at protectionId=%s", id);
            }
        }
    }

    private void look(ProtectionId id) {
        Optional<Instance> server = rows.find(id).map(Protection::instance).flatMap(instances::lock);
        Optional<Protection> protection = server.flatMap(_ -> rows.lock(id));
        if (server.isEmpty() || protection.isEmpty()) {
            return;
        }
        switch (protection.get().state()) {
            case ProtectionState.Protected state -> {
                if (!watch(server.get(), protection.get())) {
                    relinks.look(protection.get(), state);
                }
            }
            case ProtectionState.FailingOver failing
            when failing.isFencing() -> awaitFence(server.get(), protection.get(), failing);
            case ProtectionState.Broken _ -> recover(protection.get());
            case ProtectionState.Preparing _,
                    ProtectionState.Syncing _,
                    ProtectionState.FailingOver _,
                    ProtectionState.TakenOver _,
                    ProtectionState.Removing _ -> {}
        }
    }

    /// @return whether a failover was begun
    private boolean watch(Instance server, Protection protection) {
        if (protection.terms().failover() == Failover.MANUAL || server.state().isBusyWith(Operation.DELETE)) {
            return false;
        }
        Optional<String> reason =
                switch (FailureDetector.examine(clock.instant(), signals(server, protection))) {
                    case Finding.Alive _, Finding.Unclear _ -> Optional.empty();
                    case Finding.Lost lost -> Optional.of(lost.why());
                    case Finding.Crashed crashed -> Optional.of(crashed.why());
                };
        if (reason.isEmpty() || !isComplete(protection)) {
            return false;
        }
        LOG.warnf(
                "A protected server fails over by itself instanceId=%s protectionId=%s hostId=%s standby=%s reason=%s",
                server.id(), protection.id(), protection.source(), protection.standby(), reason.get());
        Job job = Job.accepted(
                protection.user(),
                "req-" + UUID.randomUUID(),
                protection.project(),
                JobKind.FAIL_OVER,
                JobSubject.of(server.id()),
                clock.instant());
        fence(server, protection, job);
        return true;
    }

    /// Its lease has lapsed before it acknowledged its fence.
    private void awaitFence(Instance server, Protection protection, ProtectionState.FailingOver failing) {
        if (FailureDetector.fence(clock.instant(), signals(server, protection)) instanceof Fence.Lapsed) {
            Job job = jobs.find(failing.job()).orElseThrow();
            takeOvers.fenced(protection).ifPresent(start -> sagas.startAccepted(failing.saga(), start, job));
        }
    }

    /// What was broken works again: whoever mended it need not say so.
    private void recover(Protection protection) {
        boolean works = rows.report(protection.id(), Role.SOURCE)
                .filter(report -> report.toldAt().isAfter(protection.updatedAt()) && report.isFresh(clock.instant()))
                .filter(report -> report.status().health() == Health.PROTECTED)
                .isPresent();
        if (works) {
            rows.save(protection.in(new ProtectionState.Protected(), clock.instant()));
        }
    }

    private Signals signals(Instance server, Protection protection) {
        Duration asked = protection.terms().settings().interval();
        Duration inForce = rows.report(protection.id(), Role.SOURCE)
                .map(Report::status)
                .map(ProtectionStatus::interval)
                .filter(told -> told.compareTo(asked) > 0)
                .orElse(asked);
        return new Signals(
                fleet.find(protection.source()).map(Host::lastSeen),
                rows.report(protection.id(), Role.STANDBY),
                inForce,
                server.state().power());
    }
}
