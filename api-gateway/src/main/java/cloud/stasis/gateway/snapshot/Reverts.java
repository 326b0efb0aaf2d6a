package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.compute.Growth;
import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.compute.Operation;
import cloud.stasis.gateway.device.Networks;
import cloud.stasis.gateway.device.Plugged;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.ClientToken;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.job.RepeatableRequests;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.snapshot.Snapshot.Asked;
import cloud.stasis.gateway.snapshot.Snapshot.BeforeRevert;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.Size;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Part;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Puts servers back to their snapshots, and takes that back. Each method is one transaction.
public final class Reverts {
    private final RepeatableRequests requests;
    private final Instances instances;
    private final SnapshotRows snapshots;
    private final SagaRunner sagas;
    private final RevertServer revertServer;
    private final VolumeExchange volumes;
    private final Plugged plugged;
    private final Networks networks;
    private final Quotas quotas;
    private final Growth growth;
    private final Clock clock;

    public Reverts(
            RepeatableRequests requests,
            Instances instances,
            SnapshotRows snapshots,
            SagaRunner sagas,
            RevertServer revertServer,
            VolumeExchange volumes,
            Plugged plugged,
            Networks networks,
            Quotas quotas,
            Growth growth,
            Clock clock) {
        this.requests = requests;
        this.instances = instances;
        this.snapshots = snapshots;
        this.sagas = sagas;
        this.revertServer = revertServer;
        this.volumes = volumes;
        this.plugged = plugged;
        this.networks = networks;
        this.quotas = quotas;
        this.growth = growth;
        this.clock = clock;
    }

    /// How a server is put back.
    ///
    /// @param memory whether to resume mid-instruction or to boot from the disks
    /// @param after what it does then
    public record Way(MemoryChoice memory, AfterRevert after, Safety safety) {}

    /// Whether what the server was is kept as a snapshot.
    public enum Safety {
        TAKEN,
        DECLINED
    }

    /// Begins to put the snapshot's server back to it.
    ///
    /// @throws StasisException `WRONG_STATE`, also if a volume or an address that the server had is another one's
    /// now; `INVALID_REQUEST` if memory is asked for and the snapshot has none, or if the server was larger and its
    /// host has no room for that; `QUOTA_EXCEEDED` if it was larger than its project may have it now
    public Job revert(Caller caller, SnapshotId id, Way way, Optional<ClientToken> token) {
        return requests.once(caller, token, JobKind.REVERT_SERVER, () -> {
            snapshots.find(id).map(Snapshot::project).ifPresent(quotas::lock);
            return within(caller, id, way, token);
        });
    }

    /// As [#revert], as a part of the caller's transaction, which has locked the project.
    Job within(Caller caller, SnapshotId id, Way way, Optional<ClientToken> token) {
        InstanceId server = snapshots.find(id).orElseThrow(() -> notFound(id)).instance();
        return begin(caller, instances.lockVisible(caller, server), id, way, token);
    }

    /// Begins to take back the last revert of a server: it becomes what its newest safety snapshot shows, in the
    /// power state of then; one that was suspended is paused. Undone itself, it is a redo.
    ///
    /// @throws StasisException `WRONG_STATE` if there is nothing to go back to, or not yet
    public Job undo(Caller caller, InstanceId server, Safety safety, Optional<ClientToken> token) {
        return requests.once(caller, token, JobKind.REVERT_SERVER, () -> {
            quotas.lock(instances.visible(caller, server).project());
            Instance instance = instances.lockVisible(caller, server);
            Snapshot last = snapshots.ofServer(server).reversed().stream()
                    .filter(Snapshot::isSafety)
                    .findFirst()
                    .orElseThrow(() -> new StasisException(
                            ErrorCode.WRONG_STATE,
                            "Server " + server + " has no safety snapshot: it was not reverted, or without one."));
            if (last.state() instanceof SnapshotState.Creating) {
                throw new StasisException(
                        ErrorCode.WRONG_STATE,
                        "The safety snapshot " + last.id() + " of server " + server
                                + " is still on its way into the store: try again in a moment.");
            }
            return begin(caller, instance, last.id(), back(last, safety), token);
        });
    }

    /// Whether there was a memory, its host knows better than we did.
    private static Way back(Snapshot to, Safety safety) {
        if (!to.hasMemory()) {
            return new Way(MemoryChoice.DISKS_ONLY, AfterRevert.STOPPED, safety);
        }
        boolean stoodStill = to.occasion() instanceof BeforeRevert before
                && (before.power() == PowerState.PAUSED || before.power() == PowerState.SUSPENDED);
        return new Way(MemoryChoice.WITH_MEMORY, stoodStill ? AfterRevert.PAUSED : AfterRevert.RUNNING, safety);
    }

    /// A standby is of the machine that it was made for.
    private static void requireFollowed(Instance instance, Snapshot snapshot) {
        if (instance.state().protection().isPresent() && !snapshot.spec().equals(instance.spec())) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "Cannot revert instance " + instance.id() + " to snapshot " + snapshot.id()
                            + " while it is protected, since that shows it with other devices: unprotect it first.");
        }
    }

    private Job begin(Caller caller, Instance instance, SnapshotId id, Way way, Optional<ClientToken> token) {
        instance.requireUnlocked(caller);
        Snapshot snapshot = snapshots.lock(id).orElseThrow(() -> notFound(id));
        SagaId saga = SagaId.random();
        Instant now = clock.instant();
        Size then = snapshot.spec().size();
        Instance busy = instance.in(instance.state().toBusy(instance.id(), Operation.REVERT, saga), now)
                .growing(then);
        HostId host = Origins.host(instance);
        requireFollowed(instance, snapshot);
        List<Part> parts = revertible(snapshot, way);
        growth.require(instance, Instance.load(then));
        VolumeExchange.Exchanged exchanged = exchange(caller, instance, snapshot, saga, way.safety());
        snapshots.save(snapshot.in(new SnapshotState.Reverting(saga), now));
        instances.save(busy);
        Optional<RevertServer.Safety> safety =
                switch (way.safety()) {
                    case TAKEN -> Optional.of(safety(caller, instance, snapshot, saga, now));
                    case DECLINED -> Optional.empty();
                };
        Job job = Job.accepted(
                        caller,
                        snapshot.project(),
                        JobKind.REVERT_SERVER,
                        JobSubject.of(instance.id(), snapshot.id()),
                        now)
                .named(token);
        sagas.start(
                saga,
                new Start<>(
                        revertServer,
                        new RevertServer.Data(
                                instance.id(),
                                host,
                                id,
                                snapshot.spec(),
                                parts,
                                way.memory(),
                                way.after(),
                                safety,
                                Optional.of(exchanged),
                                Optional.empty())),
                job);
        return job;
    }

    /// Finds out whether the server can have again what it had, and reserves it.
    private VolumeExchange.Exchanged exchange(
            Caller caller, Instance instance, Snapshot snapshot, SagaId saga, Safety safety) {
        List<String> reasons = new ArrayList<>(volumes.reasons(instance, snapshot.spec()));
        if (plugged.isChanging(instance.id())) {
            reasons.add("A network interface of the server is being attached or detached: wait until that is done.");
        }
        if (reasons.isEmpty()) {
            reasons.addAll(plugged.claim(instance, snapshot.spec().nics(), networks, saga));
        }
        if (!reasons.isEmpty()) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "Nothing was changed, since the server cannot have again what it had. "
                            + String.join(" ", reasons));
        }
        return volumes.begin(
                instance,
                snapshot.spec(),
                saga,
                safety == Safety.TAKEN
                        ? Optional.of(new VolumeExchange.Keeping(caller.user(), snapshot.name()))
                        : Optional.empty());
    }

    private RevertServer.Safety safety(Caller caller, Instance instance, Snapshot to, SagaId saga, Instant now) {
        String name = shortened("before revert to " + to.name());
        Snapshot safety = new Snapshot(
                SnapshotId.random(),
                instance.project(),
                caller.user(),
                instance.id(),
                name,
                new Asked(MemoryChoice.WITH_MEMORY, Quiesce.PREFER),
                new SnapshotState.Creating(saga),
                instance.position(),
                instance.spec(),
                Optional.empty(),
                new BeforeRevert(instance.state().power().orElse(PowerState.STOPPED)),
                Snapshot.Protection.NONE,
                now,
                now);
        snapshots.add(safety);
        return new RevertServer.Safety(safety.id(), Origins.of(instance, name, snapshots));
    }

    private static String shortened(String name) {
        return name.substring(0, Math.min(Snapshot.MAX_NAME, name.length()));
    }

    private static List<Part> revertible(Snapshot snapshot, Way way) {
        if (!(snapshot.state() instanceof SnapshotState.Available)
                || snapshot.sealed().isEmpty()) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "Cannot revert to snapshot " + snapshot.id() + " while it is "
                            + snapshot.state().status() + ".");
        }
        List<Part> parts = snapshot.sealed().get().manifest().parts();
        if (way.memory() == MemoryChoice.WITH_MEMORY && parts.stream().noneMatch(Part.Memory.class::isInstance)) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "Snapshot " + snapshot.id() + " has no memory: revert to it with \"memory\": false.");
        }
        if (way.memory() == MemoryChoice.WITH_MEMORY && way.after() == AfterRevert.STOPPED) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "A server that is stopped has no memory: revert with \"memory\": false, or leave it paused.");
        }
        return parts;
    }

    private static StasisException notFound(SnapshotId id) {
        return new StasisException(ErrorCode.SNAPSHOT_NOT_FOUND, "Snapshot " + id + " could not be found.");
    }
}
