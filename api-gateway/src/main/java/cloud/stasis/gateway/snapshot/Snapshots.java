package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.ClientToken;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.job.Jobs;
import cloud.stasis.gateway.job.RepeatableRequests;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.snapshot.Snapshot.Asked;
import cloud.stasis.gateway.snapshot.Snapshot.Protection;
import cloud.stasis.gateway.storage.StorageQuota;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.Volumes;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What tenants do with snapshots; what they do with servers by means of snapshots is in [Reverts]. Each method that
/// changes something is one transaction.
public final class Snapshots {
    /// So many deletions tell how long one takes.
    private static final int BASIS = 10;

    /// The domain XML and the device archive.
    private static final ByteCount BESIDE_DISKS = ByteCount.ofMib(1);

    /// What the devices have of their own: the picture on the screen, firmware, caches.
    private static final ByteCount BESIDE_MEMORY = ByteCount.ofMib(64);

    private final Transactions transactions;
    private final RepeatableRequests requests;
    private final Instances instances;
    private final SnapshotRows snapshots;
    private final Jobs jobs;
    private final Quotas quotas;
    private final StorageQuota storage;
    private final Volumes volumes;
    private final SagaRunner sagas;
    private final CaptureQueue queue;
    private final DeleteSnapshot deleteSnapshot;
    private final Clock clock;

    public Snapshots(
            Transactions transactions,
            RepeatableRequests requests,
            Instances instances,
            SnapshotRows snapshots,
            Jobs jobs,
            Quotas quotas,
            StorageQuota storage,
            Volumes volumes,
            SagaRunner sagas,
            CaptureQueue queue,
            DeleteSnapshot deleteSnapshot,
            Clock clock) {
        this.transactions = transactions;
        this.requests = requests;
        this.instances = instances;
        this.snapshots = snapshots;
        this.jobs = jobs;
        this.quotas = quotas;
        this.storage = storage;
        this.volumes = volumes;
        this.sagas = sagas;
        this.queue = queue;
        this.deleteSnapshot = deleteSnapshot;
        this.clock = clock;
    }

    /// @throws StasisException `SNAPSHOT_NOT_FOUND` also if it is somebody else's
    public Snapshot show(Caller caller, SnapshotId id) {
        return snapshots.find(id).filter(found -> isVisible(caller, found)).orElseThrow(() -> notFound(id));
    }

    /// What could be made of a snapshot when it had just been taken, if that is known.
    public Optional<FirstVerdict> firstVerdict(Snapshot snapshot) {
        return snapshots.firstVerdict(snapshot.id());
    }

    public List<Snapshot> list(SnapshotQuery query) {
        return snapshots.list(query);
    }

    /// All snapshots of a server, which may be gone.
    ///
    /// @throws StasisException `INSTANCE_NOT_FOUND` if there is neither the server nor a snapshot of it
    public SnapshotTree tree(Caller caller, InstanceId server) {
        return transactions.call(() -> {
            List<Snapshot> found = snapshots.ofServer(server).stream()
                    .filter(snapshot -> isVisible(caller, snapshot))
                    .toList();
            Optional<SnapshotId> position = found.isEmpty()
                    ? instances.visible(caller, server).position()
                    : instances.find(server).flatMap(Instance::position);
            return SnapshotTree.of(server, position, found);
        });
    }

    /// Gives it another name, and says whether it may be deleted.
    ///
    /// @param name as it was if empty
    /// @param protection as it was if empty
    public Snapshot label(Caller caller, SnapshotId id, Optional<String> name, Optional<Protection> protection) {
        return transactions.call(() -> {
            Snapshot snapshot = locked(caller, id);
            if (snapshot.state() instanceof SnapshotState.Deleting) {
                throw wrongState("change", snapshot);
            }
            Snapshot labelled = snapshot.labelled(
                    name.orElse(snapshot.name()), protection.orElse(snapshot.protection()), clock.instant());
            snapshots.save(labelled);
            return labelled;
        });
    }

    /// Begins to take a snapshot, or queues it if the server is being captured already.
    ///
    /// @throws StasisException `INSTANCE_NOT_FOUND`, `WRONG_STATE`, `QUOTA_EXCEEDED`
    public Job take(Caller caller, InstanceId server, String name, Asked asked, Optional<ClientToken> token) {
        return requests.once(caller, token, JobKind.TAKE_SNAPSHOT, () -> begin(caller, server, name, asked, token));
    }

    /// As [#take], within the caller's transaction.
    public Job begin(Caller caller, InstanceId server, String name, Asked asked, Optional<ClientToken> token) {
        Instance instance = locked(caller, server);
        Snapshot snapshot = added(caller, instance, SnapshotId.random(), name, asked);
        Job job = job(caller, snapshot, JobKind.TAKE_SNAPSHOT, token);
        queue.enter(instance, snapshot, job);
        return job;
    }

    /// As [#begin], for a clone that is made of it, whose job waits until then. It is not queued.
    void beginFor(
            Caller caller,
            InstanceId server,
            SnapshotId id,
            String name,
            Asked asked,
            NewClones.Pending clone,
            Job waiting) {
        Instance instance = locked(caller, server);
        Snapshot snapshot = added(caller, instance, id, name, asked);
        queue.enterNow(
                instance, snapshot, job(caller, snapshot, JobKind.TAKE_SNAPSHOT, Optional.empty()), clone, waiting);
    }

    private Instance locked(Caller caller, InstanceId server) {
        quotas.require(instances.visible(caller, server).project(), Map.of(Resource.SNAPSHOTS, 1L));
        return instances.lockVisible(caller, server);
    }

    private Snapshot added(Caller caller, Instance instance, SnapshotId id, String name, Asked asked) {
        Instant now = clock.instant();
        Snapshot snapshot = new Snapshot(
                id,
                instance.project(),
                caller.user(),
                instance.id(),
                name,
                asked,
                new SnapshotState.Queued(),
                instance.position(),
                instance.spec(),
                Optional.empty(),
                new Snapshot.OnRequest(),
                Snapshot.Protection.NONE,
                now,
                now);
        snapshots.add(snapshot);
        reserveRoom(instance, snapshot);
        return snapshot;
    }

    /// What it would mean to delete a snapshot.
    public Deletion deletion(Caller caller, SnapshotId id) {
        return transactions.call(() -> {
            Snapshot snapshot = show(caller, id);
            List<Duration> before = jobs.lastOf(snapshot.project(), JobKind.DELETE_SNAPSHOT, BASIS).stream()
                    .map(job -> Duration.between(job.createdAt(), job.updatedAt()))
                    .toList();
            return Deletion.of(snapshot, instances.find(snapshot.instance()), snapshots.childrenOf(id), before);
        });
    }

    /// Begins to delete a snapshot.
    ///
    /// @throws StasisException `WRONG_STATE` while something is done with it, and if it is protected
    public Job delete(Caller caller, SnapshotId id, Optional<ClientToken> token) {
        return requests.once(caller, token, JobKind.DELETE_SNAPSHOT, () -> deleteWithin(caller, id, token));
    }

    /// As [#delete], as a part of the caller's transaction.
    Job deleteWithin(Caller caller, SnapshotId id, Optional<ClientToken> token) {
        Snapshot snapshot = locked(caller, id);
        Deletion.require(snapshot);
        SagaId saga = SagaId.random();
        snapshots.save(snapshot.in(new SnapshotState.Deleting(saga), clock.instant()));
        Optional<HostId> host = instances.find(snapshot.instance()).flatMap(Instance::host);
        return begin(
                saga,
                new Start<>(deleteSnapshot, new DeleteSnapshot.Data(id, snapshot.instance(), host)),
                job(caller, snapshot, JobKind.DELETE_SNAPSHOT, token));
    }

    /// Within the transaction that adds the snapshot: refuses it if it might not find room in the store.
    ///
    /// @throws StasisException `QUOTA_EXCEEDED`
    void reserveRoom(Instance instance, Snapshot snapshot) {
        storage.reserve(instance.project(), ReferenceName.of(snapshot.id()), most(instance, snapshot.asked()));
    }

    /// What the snapshot may hold.
    private ByteCount most(Instance instance, Asked asked) {
        ByteCount disks = instance.spec().disks().stream()
                .filter(disk -> !(disk.source() instanceof DiskSource.Volume))
                .map(DiskSpec::size)
                .reduce(BESIDE_DISKS, ByteCount::plus);
        ByteCount attached =
                volumes.of(List.of(instance.id())).stream().map(Volume::size).reduce(ByteCount.ZERO, ByteCount::plus);
        ByteCount memory = asked.memory() == MemoryChoice.WITH_MEMORY
                ? instance.spec().memory().plus(BESIDE_MEMORY)
                : ByteCount.ZERO;
        return disks.plus(attached).plus(memory);
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
