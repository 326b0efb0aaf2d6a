package cloud.stasis.gateway.catalog;

import cloud.stasis.gateway.compute.Flavor;
import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.InstanceState;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.compute.Profile;
import cloud.stasis.gateway.compute.Remarks;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Load;
import cloud.stasis.gateway.fleet.Placement;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.snapshot.FormerFlavors;
import cloud.stasis.gateway.snapshot.Snapshot;
import cloud.stasis.gateway.snapshot.SnapshotDescription;
import cloud.stasis.gateway.snapshot.SnapshotRows;
import cloud.stasis.gateway.snapshot.SnapshotState;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Begins to make servers again from snapshots: checks, enters the server's row, chooses a host and begins
/// [RestoreServer], in one transaction.
public final class Restoration {
    private final Transactions transactions;
    private final SnapshotRows snapshots;
    private final Instances instances;
    private final FormerFlavors flavors;
    private final Fleet fleet;
    private final Quotas quotas;
    private final SagaRunner sagas;
    private final RestoreServer restoreServer;
    private final Clock clock;

    public Restoration(
            Transactions transactions,
            SnapshotRows snapshots,
            Instances instances,
            FormerFlavors flavors,
            Fleet fleet,
            Quotas quotas,
            SagaRunner sagas,
            RestoreServer restoreServer,
            Clock clock) {
        this.transactions = transactions;
        this.snapshots = snapshots;
        this.instances = instances;
        this.flavors = flavors;
        this.fleet = fleet;
        this.quotas = quotas;
        this.sagas = sagas;
        this.restoreServer = restoreServer;
        this.clock = clock;
    }

    /// @throws StasisException `WRONG_STATE` if the server is there: it is reverted then, or if there was none: it is
    /// cloned; `INVALID_REQUEST` if memory is asked for and the snapshot has none
    public Job begin(Caller caller, SnapshotId id, Optional<String> name, MemoryChoice memory, AfterRevert resume) {
        return transactions.call(() -> {
            Snapshot snapshot = snapshots
                    .find(id)
                    .filter(found -> caller.isAdmin() || found.project().equals(caller.project()))
                    .orElseThrow(() -> new StasisException(
                            ErrorCode.SNAPSHOT_NOT_FOUND, "Snapshot " + id + " could not be found."));
            Manifest manifest = restorable(snapshot, memory);
            InstanceSpec spec = snapshot.spec();
            Flavor flavor = flavors.of(manifest, spec);
            Load need = new Load(1, spec.vcpus(), spec.memory());
            quotas.require(snapshot.project(), need.resources());
            Instant now = clock.instant();
            SagaId saga = SagaId.random();
            HostId host = Placement.host(fleet.lockHosts(), instances.loads(), need, now)
                    .id();
            String called = name.orElseGet(() -> SnapshotDescription.serverName(manifest));
            instances.forgetDeleted(snapshot.instance());
            instances.add(new Instance(
                    snapshot.instance(),
                    snapshot.project(),
                    caller.user(),
                    new Profile(
                            called,
                            Optional.empty(),
                            called,
                            Optional.empty(),
                            Map.of(),
                            Set.of(),
                            Remarks.NONE,
                            Optional.empty()),
                    flavor,
                    spec,
                    Optional.empty(),
                    Optional.of(host),
                    InstanceState.building(saga),
                    Optional.empty(),
                    Instance.Life.begunAt(now)));
            Job job = Job.accepted(
                    caller, snapshot.project(), JobKind.RESTORE_SERVER, JobSubject.of(snapshot.instance(), id), now);
            sagas.start(
                    saga,
                    new Start<>(
                            restoreServer,
                            new RestoreServer.Data(
                                    snapshot.instance(),
                                    host,
                                    id,
                                    spec,
                                    manifest.parts(),
                                    memory,
                                    resume,
                                    Optional.empty())),
                    job);
            return job;
        });
    }

    private Manifest restorable(Snapshot snapshot, MemoryChoice memory) {
        if (!(snapshot.state() instanceof SnapshotState.Available)
                || snapshot.sealed().isEmpty()) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE, "Cannot restore snapshot " + snapshot.id() + " while it is not available.");
        }
        if (snapshot.isImported()) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "Snapshot " + snapshot.id() + " was imported, and is of no server here: clone it instead.");
        }
        if (instances.find(snapshot.instance()).isPresent()) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "Server " + snapshot.instance() + " is there: revert it to the snapshot instead.");
        }
        Manifest manifest = snapshot.sealed().get().manifest();
        if (memory == MemoryChoice.WITH_MEMORY && manifest.parts().stream().noneMatch(Part.Memory.class::isInstance)) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "Snapshot " + snapshot.id() + " has no memory: restore it with \"memory\": false.");
        }
        return manifest;
    }
}
