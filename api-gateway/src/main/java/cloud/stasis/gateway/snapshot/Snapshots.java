package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.InstanceState;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.compute.Operation;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.ClientToken;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.job.Jobs;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.snapshot.Snapshot.Asked;
import cloud.stasis.gateway.snapshot.Snapshot.SealedBundle;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Part;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/// What tenants do with snapshots. Each method that changes something is one transaction. A client token makes it
/// repeatable: the same token gives the same job.
public final class Snapshots {
    private final Transactions transactions;
    private final Instances instances;
    private final SnapshotRows snapshots;
    private final Quotas quotas;
    private final Jobs jobs;
    private final SagaRunner sagas;
    private final TakeSnapshot takeSnapshot;
    private final RevertServer revertServer;
    private final DeleteSnapshot deleteSnapshot;
    private final Clock clock;

    public Snapshots(
            Transactions transactions,
            Instances instances,
            SnapshotRows snapshots,
            Quotas quotas,
            Jobs jobs,
            SagaRunner sagas,
            TakeSnapshot takeSnapshot,
            RevertServer revertServer,
            DeleteSnapshot deleteSnapshot,
            Clock clock) {
        this.transactions = transactions;
        this.instances = instances;
        this.snapshots = snapshots;
        this.quotas = quotas;
        this.jobs = jobs;
        this.sagas = sagas;
        this.takeSnapshot = takeSnapshot;
        this.revertServer = revertServer;
        this.deleteSnapshot = deleteSnapshot;
        this.clock = clock;
    }

    /// @throws StasisException `SNAPSHOT_NOT_FOUND` also if it is somebody else's
    public Snapshot show(Caller caller, SnapshotId id) {
        return snapshots.find(id).filter(found -> isVisible(caller, found)).orElseThrow(() -> notFound(id));
    }

    public List<Snapshot> list(SnapshotQuery query) {
        return snapshots.list(query);
    }

    /// Begins to take a snapshot.
    ///
    /// @throws StasisException `INSTANCE_NOT_FOUND`, `WRONG_STATE`, `QUOTA_EXCEEDED`
    public Job take(Caller caller, InstanceId server, String name, Asked asked, Optional<ClientToken> token) {
        return once(caller, token, JobKind.TAKE_SNAPSHOT, () -> {
            quotas.require(instances.visible(caller, server).project(), Map.of(Resource.SNAPSHOTS, 1L));
            Instance instance = instances.lockVisible(caller, server);
            SagaId saga = SagaId.random();
            InstanceState busy = instance.state().toBusy(server, Operation.TAKE_SNAPSHOT, saga);
            HostId host = hostOf(instance);
            Instant now = clock.instant();
            Snapshot snapshot = new Snapshot(
                    SnapshotId.random(),
                    instance.project(),
                    caller.user(),
                    server,
                    name,
                    asked,
                    new SnapshotState.Creating(saga),
                    instance.position(),
                    instance.spec(),
                    Optional.empty(),
                    now,
                    now);
            snapshots.add(snapshot);
            instances.save(instance.in(busy, now));
            return begin(
                    saga,
                    new Start<>(
                            takeSnapshot,
                            new TakeSnapshot.Data(
                                    snapshot.id(),
                                    server,
                                    host,
                                    asked.memory(),
                                    asked.quiesce(),
                                    instance.position()
                                            .flatMap(snapshots::find)
                                            .flatMap(Snapshot::sealed)
                                            .map(SealedBundle::id),
                                    manifestMetadata(instance, name),
                                    Optional.empty(),
                                    Optional.empty())),
                    job(caller, snapshot, JobKind.TAKE_SNAPSHOT, token));
        });
    }

    /// Begins to put the snapshot's server back to it.
    ///
    /// @throws StasisException `WRONG_STATE`, also if a volume that the machine had is no longer the server's;
    /// `INVALID_REQUEST` if memory is asked for and the snapshot has none
    public Job revert(
            Caller caller, SnapshotId id, MemoryChoice memory, ResumeState resume, Optional<ClientToken> token) {
        return once(caller, token, JobKind.REVERT_SERVER, () -> {
            Instance instance = instances.lockVisible(caller, show(caller, id).instance());
            instance.requireUnlocked(caller);
            Snapshot snapshot = locked(caller, id);
            SagaId saga = SagaId.random();
            InstanceState busy = instance.state().toBusy(instance.id(), Operation.REVERT, saga);
            HostId host = hostOf(instance);
            List<Part> parts = revertible(instance, snapshot, memory);
            Instant now = clock.instant();
            snapshots.save(snapshot.in(new SnapshotState.Reverting(saga), now));
            instances.save(instance.in(busy, now));
            return begin(
                    saga,
                    new Start<>(
                            revertServer,
                            new RevertServer.Data(
                                    instance.id(), host, id, snapshot.spec(), parts, memory, resume, Optional.empty())),
                    job(caller, snapshot, JobKind.REVERT_SERVER, token));
        });
    }

    /// Begins to delete a snapshot.
    ///
    /// @throws StasisException `WRONG_STATE` while something is done with it
    public Job delete(Caller caller, SnapshotId id, Optional<ClientToken> token) {
        return once(caller, token, JobKind.DELETE_SNAPSHOT, () -> {
            Snapshot snapshot = locked(caller, id);
            if (snapshot.state().worker().isPresent()) {
                throw wrongState("delete", snapshot);
            }
            SagaId saga = SagaId.random();
            snapshots.save(snapshot.in(new SnapshotState.Deleting(saga), clock.instant()));
            Optional<HostId> host = instances.find(snapshot.instance()).flatMap(Instance::host);
            return begin(
                    saga,
                    new Start<>(deleteSnapshot, new DeleteSnapshot.Data(id, snapshot.instance(), host)),
                    job(caller, snapshot, JobKind.DELETE_SNAPSHOT, token));
        });
    }

    private Job once(Caller caller, Optional<ClientToken> token, JobKind kind, Supplier<Job> work) {
        return transactions.call(() -> {
            Optional<Job> known = token.flatMap(name -> jobs.named(caller.project(), name));
            if (known.isEmpty()) {
                return work.get();
            }
            if (known.get().kind() != kind) {
                throw new StasisException(
                        ErrorCode.WRONG_STATE,
                        "This Idempotency-Key was used for another request: use a new one for each.");
            }
            return known.get();
        });
    }

    private Job begin(SagaId saga, Start<?> start, Job job) {
        sagas.start(saga, start, job);
        return job;
    }

    private Job job(Caller caller, Snapshot snapshot, JobKind kind, Optional<ClientToken> token) {
        return Job.accepted(
                        caller,
                        snapshot.project(),
                        kind,
                        JobSubject.of(snapshot.instance(), snapshot.id()),
                        clock.instant())
                .named(token);
    }

    private Snapshot locked(Caller caller, SnapshotId id) {
        return snapshots.lock(id).filter(found -> isVisible(caller, found)).orElseThrow(() -> notFound(id));
    }

    private static List<Part> revertible(Instance instance, Snapshot snapshot, MemoryChoice memory) {
        if (!(snapshot.state() instanceof SnapshotState.Available)
                || snapshot.sealed().isEmpty()) {
            throw wrongState("revert to", snapshot);
        }
        List<Part> parts = snapshot.sealed().get().manifest().parts();
        if (memory == MemoryChoice.WITH_MEMORY && parts.stream().noneMatch(Part.Memory.class::isInstance)) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "Snapshot " + snapshot.id() + " has no memory: revert to it with \"memory\": false.");
        }
        Set<Object> volumes = new HashSet<>();
        instance.volumeDisks().forEach(disk -> volumes.add(disk.source()));
        snapshot.spec().disks().stream()
                .filter(disk -> disk.source() instanceof DiskSource.Volume)
                .filter(disk -> !volumes.contains(disk.source()))
                .findFirst()
                .ifPresent(missing -> {
                    throw new StasisException(
                            ErrorCode.WRONG_STATE,
                            "The volume that was " + missing.target() + " of server " + instance.id()
                                    + " is no longer attached: attach it again before reverting.");
                });
        return parts;
    }

    private static HostId hostOf(Instance instance) {
        return instance.host()
                .orElseThrow(
                        () -> new StasisException(ErrorCode.WRONG_STATE, "No host has server " + instance.id() + "."));
    }

    /// What another site has to know to show the snapshot as it is here.
    private static Map<String, String> manifestMetadata(Instance instance, String name) {
        Map<String, String> metadata = new TreeMap<>();
        metadata.put("name", name);
        metadata.put("project", instance.project().value());
        metadata.put("server_name", instance.profile().name());
        instance.image()
                .ifPresent(image -> metadata.put("base_image_ref", image.id().toString()));
        return metadata;
    }

    private static boolean isVisible(Caller caller, Snapshot snapshot) {
        return caller.isAdmin() || snapshot.project().equals(caller.project());
    }

    private static StasisException notFound(SnapshotId id) {
        return new StasisException(ErrorCode.SNAPSHOT_NOT_FOUND, "Snapshot " + id + " could not be found.");
    }

    private static StasisException wrongState(String verb, Snapshot snapshot) {
        return new StasisException(
                ErrorCode.WRONG_STATE,
                "Cannot " + verb + " snapshot " + snapshot.id() + " while it is "
                        + snapshot.state().status() + ".");
    }
}
