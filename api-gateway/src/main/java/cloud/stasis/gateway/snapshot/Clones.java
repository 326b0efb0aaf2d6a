package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.ClientToken;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.job.RepeatableRequests;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.snapshot.NewClones.Asked;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.util.Optional;

/// Makes new servers out of snapshots, also of servers that are gone or never were here, and out of servers. Each
/// method is one transaction.
public final class Clones {
    private final RepeatableRequests requests;
    private final Instances instances;
    private final SnapshotRows snapshots;
    private final Snapshots taking;
    private final Quotas quotas;
    private final SagaRunner sagas;
    private final NewClones clones;
    private final Clock clock;

    public Clones(
            RepeatableRequests requests,
            Instances instances,
            SnapshotRows snapshots,
            Snapshots taking,
            Quotas quotas,
            SagaRunner sagas,
            NewClones clones,
            Clock clock) {
        this.requests = requests;
        this.instances = instances;
        this.snapshots = snapshots;
        this.taking = taking;
        this.quotas = quotas;
        this.sagas = sagas;
        this.clones = clones;
        this.clock = clock;
    }

    /// Begins to make a new server. Its volumes are disks of its own: nothing is attached twice.
    ///
    /// @throws StasisException `QUOTA_EXCEEDED`, `WRONG_STATE`, `NO_VALID_HOST` with the reasons of each host
    public Job clone(Caller caller, SnapshotId id, Asked asked, Optional<ClientToken> token) {
        return requests.once(caller, token, JobKind.CLONE_SERVER, () -> {
            InstanceId server = InstanceId.random();
            Start<?> start = clones.start(server, caller.user(), id, asked, Optional.empty());
            Snapshot snapshot = snapshots.find(id).orElseThrow();
            Job job = Job.accepted(
                            caller,
                            snapshot.project(),
                            JobKind.CLONE_SERVER,
                            JobSubject.of(server, id),
                            clock.instant())
                    .named(token);
            sagas.start(start.id(), start, job);
            return job;
        });
    }

    /// Begins to make a new server out of another one as it is now. A snapshot is taken of that, which stays; what is
    /// made of it, and whether there is room, is looked at again when it is there. The job waits until then.
    ///
    /// @param name of the snapshot
    /// @throws StasisException `INSTANCE_NOT_FOUND`, `QUOTA_EXCEEDED`, `WRONG_STATE` also while it is captured
    public Job cloneNow(
            Caller caller, InstanceId origin, String name, Quiesce quiesce, Asked asked, Optional<ClientToken> token) {
        return requests.once(caller, token, JobKind.CLONE_SERVER, () -> {
            Instance instance = instances.visible(caller, origin);
            if (asked.memory() == MemoryChoice.WITH_MEMORY && !hasMemory(instance)) {
                throw new StasisException(
                        ErrorCode.WRONG_STATE,
                        "Server " + origin + " is off: it has no memory that its clone could go on with.");
            }
            quotas.require(instance.project(), instance.load().resources());
            SnapshotId snapshot = SnapshotId.random();
            InstanceId server = InstanceId.random();
            Job job = Job.accepted(
                            caller,
                            instance.project(),
                            JobKind.CLONE_SERVER,
                            JobSubject.of(server, snapshot),
                            clock.instant())
                    .named(token);
            taking.beginFor(
                    caller,
                    origin,
                    snapshot,
                    name,
                    new Snapshot.Asked(asked.memory(), quiesce),
                    new NewClones.Pending(server, caller.user(), job.id(), asked),
                    job);
            return job;
        });
    }

    private static boolean hasMemory(Instance instance) {
        return instance.state()
                .power()
                .filter(power -> power != PowerState.STOPPED && power != PowerState.CRASHED)
                .isPresent();
    }
}
