package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.GroupParts.Part;
import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.gateway.volume.VolumeGroup.Origin;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// What tenants do with groups of volumes and their snapshots. Each method is one transaction.
public final class GroupCatalog {
    private static final String GROUP = "Group";
    private static final String SNAPSHOT = "Group snapshot";

    private final Transactions transactions;
    private final Shelf<VolumeGroup> groups;
    private final Shelf<GroupSnapshot> taken;
    private final Volumes volumes;
    private final VolumeSnapshots snapshots;
    private final VolumeHosts hosts;
    private final VolumeQuota quota;
    private final VolumeCatalog catalog;
    private final VolumeCreation creation;
    private final SagaRunner sagas;
    private final SnapshotGroup take;
    private final DeleteGroupSnapshot delete;
    private final Clock clock;

    public GroupCatalog(
            Transactions transactions,
            Shelf<VolumeGroup> groups,
            Shelf<GroupSnapshot> taken,
            Volumes volumes,
            VolumeSnapshots snapshots,
            VolumeHosts hosts,
            VolumeQuota quota,
            VolumeCatalog catalog,
            VolumeCreation creation,
            SagaRunner sagas,
            SnapshotGroup take,
            DeleteGroupSnapshot delete,
            Clock clock) {
        this.transactions = transactions;
        this.groups = groups;
        this.taken = taken;
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.hosts = hosts;
        this.quota = quota;
        this.catalog = catalog;
        this.creation = creation;
        this.sagas = sagas;
        this.take = take;
        this.delete = delete;
        this.clock = clock;
    }

    public VolumeGroup create(Caller caller, Label label, UUID type, List<VolumeTypeId> types) {
        return transactions.call(() -> enter(caller, label, type, types, Origin.NONE));
    }

    private VolumeGroup enter(Caller caller, Label label, UUID type, List<VolumeTypeId> types, Origin origin) {
        quota.quotas().require(caller.project(), Map.of(Resource.VOLUME_GROUPS, 1L));
        VolumeGroup group = new VolumeGroup(
                UUID.randomUUID(),
                caller.project(),
                caller.user(),
                label,
                type,
                types,
                "available",
                origin,
                clock.instant());
        groups.add(group);
        return group;
    }

    /// A group of copies: of the volumes of another, or of the snapshots of one of its snapshots. The group is
    /// there at once; its volumes are being made.
    public VolumeGroup createFrom(Caller caller, Origin origin, Label label) {
        return transactions.call(() -> {
            List<VolumeSource> sources = new ArrayList<>();
            VolumeGroup former;
            if (origin.groupSnapshot().isPresent()) {
                GroupSnapshot from =
                        taken.visible(caller, origin.groupSnapshot().get(), SNAPSHOT);
                former = groups.visible(caller, from.group(), GROUP);
                snapshots.of(from.key()).forEach(part -> sources.add(new VolumeSource.OfSnapshot(part.id())));
            } else {
                former = groups.visible(caller, origin.group().orElseThrow(), GROUP);
                volumes.of(former.id()).forEach(volume -> sources.add(new VolumeSource.OfVolume(volume.id())));
            }
            VolumeGroup made = enter(caller, label, former.type(), former.types(), origin);
            for (VolumeSource source : sources) {
                creation.begin(
                        caller,
                        new NewVolume(Label.NONE, source, Optional.empty(), Optional.empty(), Optional.of(made.id())));
            }
            return made;
        });
    }

    public VolumeGroup show(Caller caller, UUID key) {
        return groups.visible(caller, key, GROUP);
    }

    public List<VolumeGroup> list(Caller caller, Shelf.Scope scope) {
        return groups.visible(caller, scope);
    }

    public List<Volume> volumesOf(VolumeGroup group) {
        return volumes.of(group.id());
    }

    /// @param added volumes that become part of the group
    /// @param removed volumes of the group that no longer are
    public record Change(
            Optional<String> name, Optional<String> description, List<VolumeId> added, List<VolumeId> removed) {}

    public void update(Caller caller, UUID key, Change change) {
        transactions.run(() -> {
            VolumeGroup group = groups.lockVisible(caller, key, GROUP);
            for (VolumeId id : change.added()) {
                Volume volume = volumes.lockVisible(caller, id);
                if (volume.nature().group().isPresent()) {
                    throw invalid("Invalid volume: Cannot add volume " + id + " to group " + key
                            + " because it is already in a group.");
                }
                if (!volume.nature().type().map(group.types()::contains).orElse(false)) {
                    throw invalid("Invalid volume: Cannot add volume " + id + " to group " + key
                            + " because its type is not one of the group's.");
                }
                volumes.save(volume.with(volume.nature().grouped(Optional.of(group.id())), clock.instant()));
            }
            for (VolumeId id : change.removed()) {
                Volume volume = volumes.lockVisible(caller, id);
                if (!volume.nature().group().equals(Optional.of(group.id()))) {
                    throw invalid("Invalid volume: Cannot remove volume " + id + " from group " + key
                            + " because it is not in the group.");
                }
                volumes.save(volume.with(volume.nature().grouped(Optional.empty()), clock.instant()));
            }
            groups.save(group.labelled(new Label(
                    change.name().orElse(group.label().name()),
                    change.description().or(group.label()::description),
                    Map.of())));
        });
    }

    public void mark(Caller caller, UUID key, String word) {
        transactions.run(
                () -> groups.save(groups.lockVisible(caller, key, GROUP).in(word)));
    }

    /// Forgets a group, with its volumes if that is asked for.
    ///
    /// @throws StasisException `INVALID_REQUEST` while it has volumes that are not to go, or snapshots
    public void delete(Caller caller, UUID key, Members members) {
        transactions.run(() -> {
            VolumeGroup group = groups.lockVisible(caller, key, GROUP);
            List<Volume> all = volumes.of(group.id());
            if (!all.isEmpty() && members == Members.STAY) {
                throw invalid("Invalid group: Group " + key + " still contains volumes. The delete-volumes flag is"
                        + " required to delete it.");
            }
            if (taken.of(group.project()).stream()
                    .anyMatch(snapshot -> snapshot.group().equals(key))) {
                throw invalid("Invalid group: Group " + key + " still has dependent group snapshots.");
            }
            for (Volume volume : all) {
                volumes.save(volumes.lock(volume.id())
                        .orElseThrow()
                        .with(volume.nature().grouped(Optional.empty()), clock.instant()));
                catalog.beginDeletion(caller, volume.id(), VolumeCatalog.Deletion.PLAIN);
            }
            groups.remove(key);
        });
    }

    /// What becomes of the volumes of a group that is deleted.
    public enum Members {
        STAY,
        GO
    }

    /// Begins to take a snapshot of all volumes of a group.
    public GroupSnapshot snapshot(Caller caller, UUID key, Label label) {
        return transactions.call(() -> {
            VolumeGroup group = groups.visible(caller, key, GROUP);
            List<Volume> members = volumes.of(group.id());
            if (members.isEmpty()) {
                throw invalid("Invalid group: Source group " + key + " has no volumes.");
            }
            quota.require(
                    group.project(),
                    members.stream().map(VolumeQuota.Demand::snapshot).toList());
            SagaId saga = SagaId.random();
            GroupSnapshot made = new GroupSnapshot(
                    UUID.randomUUID(),
                    group.project(),
                    caller.user(),
                    key,
                    group.type(),
                    label,
                    "creating",
                    Optional.of(saga),
                    clock.instant());
            taken.add(made);
            List<Part> parts = members.stream()
                    .map(volume -> part(caller, volume.id(), made, saga))
                    .toList();
            start(caller, made, saga, take, new GroupParts(made.key(), parts), JobKind.SNAPSHOT_GROUP);
            return made;
        });
    }

    private Part part(Caller caller, VolumeId id, GroupSnapshot group, SagaId saga) {
        Volume volume = volumes.lock(id).orElseThrow();
        if (!(volume.state() instanceof VolumeState.Available) && !(volume.state() instanceof VolumeState.InUse)) {
            throw invalid("Invalid volume: volume " + id + " must be available or in-use, and is "
                    + volume.state().status() + ".");
        }
        VolumeSnapshot snapshot = VolumeSnapshot.of(
                volume,
                SnapshotId.random(),
                caller.user(),
                group.label(),
                Optional.of(group.key()),
                VolumeSnapshot.Occasion.ON_REQUEST,
                saga,
                clock.instant());
        snapshots.add(snapshot);
        return new Part(snapshot.id(), id, volume.backend(), Opening.of(volume, hosts));
    }

    public GroupSnapshot showSnapshot(Caller caller, UUID key) {
        return taken.visible(caller, key, SNAPSHOT);
    }

    public List<GroupSnapshot> listSnapshots(Caller caller, Shelf.Scope scope) {
        return taken.visible(caller, scope);
    }

    public void markSnapshot(Caller caller, UUID key, String word) {
        transactions.run(
                () -> taken.save(taken.lockVisible(caller, key, SNAPSHOT).in(word, Optional.empty())));
    }

    /// @throws StasisException `INVALID_REQUEST` while something is done with it or with one of its snapshots
    public void deleteSnapshot(Caller caller, UUID key) {
        transactions.run(() -> {
            List<VolumeSnapshot> all =
                    snapshots.of(taken.visible(caller, key, SNAPSHOT).key());
            List<Part> parts = new ArrayList<>();
            SagaId saga = SagaId.random();
            Instant now = clock.instant();
            for (VolumeSnapshot found : all) {
                Optional<Volume> volume = volumes.lock(found.volume());
                VolumeSnapshot snapshot = snapshots.lock(found.id()).orElseThrow();
                if (snapshot.state().worker().isPresent() || volumes.isBeingCopied(snapshot.id())) {
                    throw invalid("Invalid group snapshot: its snapshot " + snapshot.id() + " is busy.");
                }
                snapshots.save(snapshot.in(new VolumeSnapshot.State.Deleting(saga), now));
                parts.add(new Part(
                        snapshot.id(),
                        snapshot.volume(),
                        snapshot.backend(),
                        volume.flatMap(has -> Opening.of(has, hosts))));
            }
            GroupSnapshot group = taken.lockVisible(caller, key, SNAPSHOT);
            if (group.worker().isPresent()) {
                throw invalid("Invalid group snapshot: it is " + group.status() + ". Try again when that is done.");
            }
            if (parts.isEmpty()) {
                taken.remove(key);
                return;
            }
            taken.save(group.in("deleting", Optional.of(saga)));
            start(caller, group, saga, delete, new GroupParts(key, parts), JobKind.DELETE_GROUP_SNAPSHOT);
        });
    }

    private void start(
            Caller caller, GroupSnapshot group, SagaId saga, Saga<GroupParts> kind, GroupParts parts, JobKind job) {
        VolumeId first = parts.parts().getFirst().volume();
        sagas.start(
                saga,
                new Start<>(kind, parts),
                Job.accepted(caller, group.project(), job, JobSubject.of(first), clock.instant()));
    }

    private static StasisException invalid(String message) {
        return new StasisException(ErrorCode.INVALID_REQUEST, message);
    }
}
