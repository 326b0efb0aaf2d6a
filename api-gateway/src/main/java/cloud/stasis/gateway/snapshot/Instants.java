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
import cloud.stasis.gateway.job.RepeatableRequests;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.snapshot.Snapshot.Asked;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// What tenants do with instants of several servers. Each method that changes something is one transaction, so that
/// all servers take part or none is touched; rows are locked in the order of their servers' ids.
public final class Instants {
    /// As many as a host cuts together.
    public static final int MAX_SERVERS = 32;

    public static final int MIN_SERVERS = 2;

    private final Transactions transactions;
    private final RepeatableRequests requests;
    private final Instances instances;
    private final SnapshotRows snapshots;
    private final InstantRows instants;
    private final Quotas quotas;
    private final SagaRunner sagas;
    private final TakeInstant takeInstant;
    private final Reverts reverts;
    private final Snapshots single;
    private final Clock clock;

    public Instants(
            Transactions transactions,
            RepeatableRequests requests,
            Instances instances,
            SnapshotRows snapshots,
            InstantRows instants,
            Quotas quotas,
            SagaRunner sagas,
            TakeInstant takeInstant,
            Reverts reverts,
            Snapshots single,
            Clock clock) {
        this.transactions = transactions;
        this.requests = requests;
        this.instances = instances;
        this.snapshots = snapshots;
        this.instants = instants;
        this.quotas = quotas;
        this.sagas = sagas;
        this.takeInstant = takeInstant;
        this.reverts = reverts;
        this.single = single;
        this.clock = clock;
    }

    /// An instant and what there is of it.
    ///
    /// @param members by their servers
    public record Shown(SharedInstant instant, List<Snapshot> members) {
        public Shown {
            members = List.copyOf(members);
        }

        /// Whether there still is a snapshot of each server.
        public boolean isWhole() {
            return members.size() == instant.servers();
        }

        /// What something is done with if something is, else what went wrong.
        public String status() {
            List<String> words =
                    members.stream().map(member -> member.state().status()).toList();
            return List.of("creating", "deleting", "reverting", "failed").stream()
                    .filter(words::contains)
                    .findFirst()
                    .orElse("available");
        }
    }

    /// @throws StasisException `SNAPSHOT_NOT_FOUND` also if it is somebody else's
    public Shown show(Caller caller, InstantId id) {
        return transactions.call(() -> shown(visible(caller, id)));
    }

    /// The caller's, the newest first.
    ///
    /// @param after the last one of the page before
    /// @param rows at most so many
    public List<Shown> list(Caller caller, Optional<InstantId> after, int rows) {
        return transactions.call(() -> instants.list(caller.project(), after, rows).stream()
                .map(this::shown)
                .toList());
    }

    private Shown shown(SharedInstant instant) {
        return new Shown(instant, snapshots.ofInstant(instant.id()));
    }

    /// Begins to take a snapshot of each of several servers, all at one instant. The job is about the first of them.
    ///
    /// @throws StasisException `WRONG_STATE`, `INSTANCE_NOT_FOUND` with what is
    /// wrong with each that cannot take part; `INVALID_REQUEST`, `QUOTA_EXCEEDED`
    public Job take(Caller caller, List<InstanceId> servers, String name, Asked asked, Optional<ClientToken> token) {
        long distinct = servers.stream().distinct().count();
        if (distinct < MIN_SERVERS || distinct > MAX_SERVERS || distinct < servers.size()) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "One instant is of " + MIN_SERVERS + " to " + MAX_SERVERS + " different servers.");
        }
        return requests.once(caller, token, JobKind.TAKE_INSTANT, () -> {
            SagaId saga = SagaId.random();
            InstantId id = InstantId.random();
            List<Ready> ready = ready(caller, servers, saga);
            ProjectId project = ready.getFirst().instance().project();
            quotas.require(project, Map.of(Resource.SNAPSHOTS, (long) ready.size()));
            Instant now = clock.instant();
            instants.add(new SharedInstant(id, project, caller.user(), name, ready.size(), Optional.empty(), now));
            List<TakeInstant.Member> members = ready.stream()
                    .map(one -> member(caller, one, id, name, asked, saga, now))
                    .toList();
            Job job = Job.accepted(
                            caller,
                            project,
                            JobKind.TAKE_INSTANT,
                            JobSubject.of(
                                    members.getFirst().instance(),
                                    members.getFirst().snapshot()),
                            now)
                    .named(token);
            sagas.start(saga, new Start<>(takeInstant, TakeInstant.Data.of(id, asked, members)), job);
            return job;
        });
    }

    private record Ready(Instance instance, InstanceState busy, HostId host) {}

    private List<Ready> ready(Caller caller, List<InstanceId> servers, SagaId saga) {
        List<Ready> ready = each("No snapshot was taken.", ordered(servers, Function.identity()), server -> {
            Instance instance = instances.lockVisible(caller, server);
            return new Ready(
                    instance, instance.state().toBusy(server, Operation.TAKE_SNAPSHOT, saga), Origins.host(instance));
        });
        if (ready.stream().map(one -> one.instance().project()).distinct().count() > 1) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "No snapshot was taken: the servers are of different projects.");
        }
        return ready;
    }

    private TakeInstant.Member member(
            Caller caller, Ready ready, InstantId id, String name, Asked asked, SagaId saga, Instant now) {
        Instance instance = ready.instance();
        Snapshot snapshot = new Snapshot(
                SnapshotId.random(),
                instance.project(),
                caller.user(),
                instance.id(),
                name,
                asked,
                new SnapshotState.Creating(saga),
                instance.position(),
                instance.spec(),
                Optional.empty(),
                new Snapshot.OfInstant(id),
                Snapshot.Protection.NONE,
                now,
                now);
        snapshots.add(snapshot);
        single.reserveRoom(instance, snapshot);
        instances.save(instance.in(ready.busy(), now));
        return TakeInstant.Member.of(snapshot, ready.host(), Origins.of(instance, name, snapshots));
    }

    /// Begins to put all servers back to the instant, each by a job of its own. A server that was off then has no
    /// memory of it, and is off afterwards, if the others go on with theirs.
    ///
    /// @throws StasisException `WRONG_STATE` with what is wrong with each server that
    /// cannot be reverted, or if not all snapshots are there any more; none is touched then
    public List<Job> revert(Caller caller, InstantId id, Reverts.Way way, Optional<ClientToken> token) {
        return transactions.call(() -> {
            Shown shown = shown(visible(caller, id));
            if (!shown.isWhole()) {
                throw new StasisException(
                        ErrorCode.WRONG_STATE,
                        "Only " + shown.members().size() + " of the "
                                + shown.instant().servers() + " snapshots of instant " + id
                                + " are left: revert each server by its own.");
            }
            quotas.lock(shown.instant().project());
            boolean memory = shown.members().stream().anyMatch(Snapshot::hasMemory);
            return each("No server was reverted.", ordered(shown.members(), Snapshot::instance), member -> {
                Optional<ClientToken> own = token.map(given -> given.of(member.id()));
                Reverts.Way wanted = memory && !member.hasMemory() ? atRest(way) : way;
                return requests.within(
                        caller, own, JobKind.REVERT_SERVER, () -> reverts.within(caller, member.id(), wanted, own));
            });
        });
    }

    private static Reverts.Way atRest(Reverts.Way way) {
        return switch (way.memory()) {
            case WITH_MEMORY -> new Reverts.Way(MemoryChoice.DISKS_ONLY, AfterRevert.STOPPED, way.safety());
            case DISKS_ONLY -> way;
        };
    }

    /// Begins to delete all snapshots of the instant, each by a job of its own.
    ///
    /// @throws StasisException `WRONG_STATE` with what is wrong
    /// with each that cannot be deleted; none is touched then
    public List<Job> delete(Caller caller, InstantId id, Optional<ClientToken> token) {
        return transactions.call(() -> {
            List<Snapshot> members = ordered(shown(visible(caller, id)).members(), Snapshot::instance);
            return each("Nothing was deleted.", members, member -> {
                Optional<ClientToken> own = token.map(given -> given.of(member.id()));
                return requests.within(
                        caller, own, JobKind.DELETE_SNAPSHOT, () -> single.deleteWithin(caller, member.id(), own));
            });
        });
    }

    private SharedInstant visible(Caller caller, InstantId id) {
        return instants.find(id)
                .filter(found -> caller.isAdmin() || found.project().equals(caller.project()))
                .orElseThrow(() ->
                        new StasisException(ErrorCode.SNAPSHOT_NOT_FOUND, "Instant " + id + " could not be found."));
    }

    private static <T> List<T> ordered(List<T> all, Function<T, InstanceId> server) {
        return all.stream()
                .sorted(Comparator.comparing(one -> server.apply(one).toString()))
                .toList();
    }

    /// Does something with each, or fails with what is wrong with every one of which
    /// something is. The transaction then takes back what was done with the others.
    private static <A, B> List<B> each(String nothing, List<A> all, Function<A, B> work) {
        List<B> done = new ArrayList<>();
        List<StasisException> refused = new ArrayList<>();
        for (A one : all) {
            try {
                done.add(work.apply(one));
            } catch (StasisException e) {
                refused.add(e);
            }
        }
        if (!refused.isEmpty()) {
            StringBuilder reasons = new StringBuilder(nothing);
            refused.forEach(e -> reasons.append(' ').append(e.report().message()));
            throw new StasisException(refused.getFirst().code(), reasons.toString(), refused.getFirst());
        }
        return done;
    }
}
