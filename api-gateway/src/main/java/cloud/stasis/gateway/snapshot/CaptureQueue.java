package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.InstanceState;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.compute.Operation;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobQuery;
import cloud.stasis.gateway.job.JobState;
import cloud.stasis.gateway.job.JobTracker;
import cloud.stasis.gateway.job.Jobs;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.saga.Waiting;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Begins snapshots of servers, one after another. A snapshot that is asked for while its server is being captured is
/// queued: it shows the instant at which its turn comes. What else is done with the server meanwhile goes before.
///
/// Each [#look] begins those whose turn has come; it may be repeated, and done by several gateways at once.
public final class CaptureQueue implements Waiting {
    /// Snapshots of one server that may wait.
    private static final int MOST = 10;
    /// Servers of one look.
    private static final int BATCH = 100;
    /// A snapshot that is queued has one job that has not begun, and few others.
    private static final int JOBS = 10;

    private static final Logger LOG = Logger.getLogger(CaptureQueue.class);

    private final Transactions transactions;
    private final Instances instances;
    private final SnapshotRows snapshots;
    private final Jobs jobs;
    private final JobTracker tracker;
    private final SagaRunner sagas;
    private final TakeSnapshot takeSnapshot;
    private final Clock clock;

    public CaptureQueue(
            Transactions transactions,
            Instances instances,
            SnapshotRows snapshots,
            Jobs jobs,
            JobTracker tracker,
            SagaRunner sagas,
            TakeSnapshot takeSnapshot,
            Clock clock) {
        this.transactions = transactions;
        this.instances = instances;
        this.snapshots = snapshots;
        this.jobs = jobs;
        this.tracker = tracker;
        this.sagas = sagas;
        this.takeSnapshot = takeSnapshot;
        this.clock = clock;
    }

    /// Within a transaction that has locked the instance: begins a snapshot, or queues it.
    ///
    /// @param snapshot that has been added, queued
    /// @throws StasisException `WRONG_STATE`, also if too many wait already
    void enter(Instance instance, Snapshot snapshot, Job job) {
        tracker.accepted(job);
        if (!isCaptured(instance)) {
            begin(instance, snapshot, job, Optional.empty());
            return;
        }
        Origins.host(instance);
        long waiting = snapshots.ofServer(instance.id()).stream()
                .filter(CaptureQueue::isQueued)
                .count();
        if (waiting > MOST) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    MOST + " snapshots of server " + instance.id() + " wait already: try again later.");
        }
    }

    /// As [#enter], but it is not queued.
    ///
    /// @param clone that is made of the snapshot
    /// @param waiting the clone's job
    void enterNow(Instance instance, Snapshot snapshot, Job job, NewClones.Pending clone, Job waiting) {
        tracker.accepted(job);
        tracker.accepted(waiting);
        begin(instance, snapshot, job, Optional.of(clone));
    }

    private static boolean isCaptured(Instance instance) {
        return instance.state().isBusyWith(Operation.TAKE_SNAPSHOT)
                || instance.state().isBusyWith(Operation.CREATE_IMAGE);
    }

    private void begin(Instance instance, Snapshot snapshot, Job job, Optional<NewClones.Pending> clone) {
        SagaId saga = SagaId.random();
        InstanceState busy = instance.state().toBusy(instance.id(), Operation.TAKE_SNAPSHOT, saga);
        HostId host = Origins.host(instance);
        Instant now = clock.instant();
        // The server may have changed while it waited.
        Snapshot begun = snapshot.under(instance.position(), now)
                .madeOf(instance.spec(), now)
                .in(new SnapshotState.Creating(saga), now);
        snapshots.save(begun);
        instances.save(instance.in(busy, now));
        TakeSnapshot.Origin origin = Origins.of(instance, snapshot.name(), snapshots);
        TakeSnapshot.Data data = TakeSnapshot.Data.of(begun, host, TakeSnapshot.Moment.NOW, origin);
        sagas.startAccepted(
                saga, new Start<>(takeSnapshot, clone.map(data::forClone).orElse(data)), job);
    }

    /// Begins what can begin now.
    public void look() {
        for (InstanceId server : transactions.call(() -> snapshots.serversInQueue(BATCH))) {
            try {
                transactions.run(() -> next(server));
            } catch (RuntimeException e) {
                LOG.errorf(e, "A queued snapshot could not be begun instanceId=%s", server);
            }
        }
    }

    private void next(InstanceId server) {
        Optional<Instance> found = instances.lock(server).filter(instance -> !instance.isDeleted());
        Optional<Snapshot> first = snapshots.ofServer(server).stream()
                .filter(CaptureQueue::isQueued)
                .findFirst()
                .flatMap(snapshot -> snapshots.lock(snapshot.id()))
                .filter(CaptureQueue::isQueued);
        if (first.isEmpty() || isBusyButStays(found)) {
            return;
        }
        Snapshot snapshot = first.get();
        try {
            Instance instance = found.orElseThrow(() -> new StasisException(
                    ErrorCode.INSTANCE_NOT_FOUND, "Server " + server + " was deleted before its turn came."));
            begin(instance, snapshot, jobOf(snapshot).orElseThrow(), Optional.empty());
        } catch (StasisException e) {
            giveUp(snapshot, e.report());
        }
    }

    private static boolean isBusyButStays(Optional<Instance> found) {
        return found.map(Instance::state)
                .filter(state -> state.work().isPresent() && !state.isBusyWith(Operation.DELETE))
                .isPresent();
    }

    /// A clone that waits for its snapshot is withdrawn with that, if that can still turn back.
    @Override
    public void withdraw(Job job) {
        if (job.kind() == JobKind.CLONE_SERVER) {
            job.subject()
                    .snapshot()
                    .flatMap(snapshots::lock)
                    .flatMap(snapshot -> snapshot.state().worker())
                    .ifPresent(sagas::cancel);
            return;
        }
        job.subject()
                .snapshot()
                .flatMap(snapshots::lock)
                .filter(CaptureQueue::isQueued)
                .ifPresent(snapshot ->
                        giveUp(snapshot, new ErrorReport(ErrorCode.CANCELLED, "It was cancelled before it began.")));
    }

    private void giveUp(Snapshot snapshot, ErrorReport reason) {
        snapshots.remove(snapshot.id());
        jobOf(snapshot).ifPresent(job -> tracker.failed(job.id(), reason));
    }

    private Optional<Job> jobOf(Snapshot snapshot) {
        JobQuery query = new JobQuery(
                snapshot.project(),
                Optional.of(snapshot.instance()),
                Optional.of(snapshot.id()),
                Optional.empty(),
                Optional.empty(),
                JOBS);
        return jobs.list(query).stream()
                .filter(job -> job.state() instanceof JobState.Accepted)
                .findFirst();
    }

    private static boolean isQueued(Snapshot snapshot) {
        return snapshot.state() instanceof SnapshotState.Queued;
    }
}
