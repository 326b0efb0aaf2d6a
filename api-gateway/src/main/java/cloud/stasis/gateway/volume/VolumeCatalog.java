package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Placement;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What tenants do with volumes. Each method is one transaction.
public final class VolumeCatalog {
    /// Larger is a mistake of the caller: 64 TiB, the most that qcow2 can hold with clusters of 64 KiB.
    public static final long MAX_GIB = 64 * 1024;

    private final Transactions transactions;
    private final Volumes volumes;
    private final VolumeSnapshots snapshots;
    private final Fleet fleet;
    private final Quotas quotas;
    private final SagaRunner sagas;
    private final VolumeSagas kinds;
    private final Clock clock;

    public VolumeCatalog(
            Transactions transactions,
            Volumes volumes,
            VolumeSnapshots snapshots,
            Fleet fleet,
            Quotas quotas,
            SagaRunner sagas,
            VolumeSagas kinds,
            Clock clock) {
        this.transactions = transactions;
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.fleet = fleet;
        this.quotas = quotas;
        this.sagas = sagas;
        this.kinds = kinds;
        this.clock = clock;
    }

    /// What begins with each kind of work.
    public record VolumeSagas(CreateVolume create, DeleteVolume delete, ExtendVolume extend, RevertVolume revert) {}

    /// What a new volume holds.
    public sealed interface Source {
        record Blank() implements Source {}

        record OfVolume(VolumeId volume) implements Source {}

        record OfSnapshot(SnapshotId snapshot) implements Source {}
    }

    /// Begins to make a volume.
    ///
    /// @param size empty for that of the source
    /// @param type empty for that of the source, if it has one
    public Volume create(
            Caller caller, Label label, Source source, Optional<ByteCount> size, Optional<VolumeTypeId> type) {
        return transactions.call(() -> {
            Plan plan = plan(caller, source);
            ByteCount asked = size.or(plan::least)
                    .orElseThrow(
                            () -> invalid(
                                    "Invalid input received: 'size' must be an integer and greater than 0 for a blank volume."));
            if (plan.least().filter(least -> asked.compareTo(least) < 0).isPresent()) {
                throw invalid("Invalid input received: size must not be smaller than that of what it is made of, "
                        + plan.least().get().gibRoundedUp() + " GiB.");
            }
            requireQuota(caller, 1, asked, asked.gibRoundedUp());
            Instant now = clock.instant();
            BackendId backend = plan.backend().orElseGet(() -> Placement.backend(fleet.backends(), asked, now));
            SagaId saga = SagaId.random();
            Volume volume = new Volume(
                    VolumeId.random(),
                    caller.project(),
                    caller.user(),
                    label,
                    new Volume.Nature(type.or(plan::type), plan.use(), plan.snapshot(), plan.shownSource()),
                    asked,
                    backend,
                    new VolumeState.Creating(saga, Optional.empty()),
                    now,
                    now,
                    Optional.empty());
            volumes.add(volume);
            sagas.start(
                    saga,
                    new Start<>(kinds.create(), new CreateVolume.Data(volume.id(), backend, asked, plan.copied())),
                    job(caller, volume, JobKind.CREATE_VOLUME));
            return volume;
        });
    }

    /// What a source means for the volume that is made of it.
    ///
    /// @param shownSource the volume that tenants see it came from
    private record Plan(
            Optional<BackendId> backend,
            Optional<ByteCount> least,
            Optional<VolumeTypeId> type,
            Volume.Use use,
            Optional<SnapshotId> snapshot,
            Optional<VolumeId> shownSource,
            Optional<CreateVolume.Copied> copied) {
        static final Plan BLANK = new Plan(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Volume.Use.DATA,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private Plan plan(Caller caller, Source source) {
        return switch (source) {
            case Source.Blank ignored -> Plan.BLANK;
            case Source.OfVolume(VolumeId id) -> {
                Volume from = volumes.lockVisible(caller, id);
                if (!(from.state() instanceof VolumeState.Available)) {
                    throw invalid("Invalid volume: only an available volume can be copied; this one is "
                            + from.state().status() + ".");
                }
                yield new Plan(
                        Optional.of(from.backend()),
                        Optional.of(from.size()),
                        from.nature().type(),
                        from.nature().use(),
                        Optional.empty(),
                        Optional.of(id),
                        Optional.of(new CreateVolume.Copied(id, Optional.empty())));
            }
            case Source.OfSnapshot(SnapshotId id) -> {
                VolumeSnapshot from = snapshots.lockVisible(caller, id);
                if (!(from.state() instanceof VolumeSnapshot.State.Available)) {
                    throw invalid("Invalid snapshot: Originating snapshot status must be one of 'available' values");
                }
                Optional<Volume> of = volumes.find(from.volume());
                yield new Plan(
                        Optional.of(from.backend()),
                        Optional.of(from.size()),
                        of.flatMap(volume -> volume.nature().type()),
                        of.map(volume -> volume.nature().use()).orElse(Volume.Use.DATA),
                        Optional.of(id),
                        Optional.empty(),
                        Optional.of(new CreateVolume.Copied(from.volume(), Optional.of(id))));
            }
        };
    }

    /// @throws StasisException `INVALID_REQUEST` unless it is available and becomes larger
    public void extend(Caller caller, VolumeId id, ByteCount size) {
        transactions.run(() -> {
            ByteCount before = volumes.visible(caller, id).size();
            if (size.compareTo(before) <= 0) {
                throw invalid(
                        "Invalid input received: New size for extend must be greater than current size. (current: "
                                + before.gibRoundedUp() + ", extended: " + size.gibRoundedUp() + ").");
            }
            requireQuota(caller, 0, size, size.gibRoundedUp() - before.gibRoundedUp());
            Volume volume = lockAvailable(caller, id, "extended");
            SagaId saga = SagaId.random();
            volumes.save(volume.sized(size, clock.instant()).in(new VolumeState.Extending(saga), clock.instant()));
            sagas.start(
                    saga,
                    new Start<>(kinds.extend(), new ExtendVolume.Data(id, volume.backend(), volume.size(), size)),
                    job(caller, volume, JobKind.EXTEND_VOLUME));
        });
    }

    /// Begins to go back to any snapshot of the volume.
    ///
    /// @throws StasisException `WRONG_STATE` unless the volume is available
    public void revert(Caller caller, VolumeId id, SnapshotId to) {
        transactions.run(() -> {
            Volume volume = volumes.lockVisible(caller, id);
            VolumeSnapshot snapshot = snapshots.lockVisible(caller, to);
            if (!snapshot.volume().equals(id)) {
                throw invalid("Invalid snapshot: it is one of another volume.");
            }
            if (!snapshot.size().equals(volume.size())) {
                throw invalid(
                        "Invalid volume: its size has changed since the snapshot; make a volume of the snapshot.");
            }
            if (!(volume.state() instanceof VolumeState.Available)
                    || !(snapshot.state() instanceof VolumeSnapshot.State.Available)) {
                throw new StasisException(
                        ErrorCode.WRONG_STATE,
                        "Invalid volume: Volume and snapshot must be available to revert; they are "
                                + volume.state().status() + " and "
                                + snapshot.state().status() + ".");
            }
            SagaId saga = SagaId.random();
            volumes.save(volume.in(new VolumeState.Reverting(saga), clock.instant()));
            snapshots.save(snapshot.in(new VolumeSnapshot.State.Restoring(saga), clock.instant()));
            sagas.start(
                    saga,
                    new Start<>(kinds.revert(), new RevertVolume.Data(id, to, volume.backend())),
                    job(caller, volume, JobKind.REVERT_VOLUME));
        });
    }

    /// Says of a volume that nobody has that it is reserved, and takes that back.
    ///
    /// @throws StasisException `INVALID_REQUEST` in any other state
    public void reserve(Caller caller, VolumeId id) {
        transactions.run(() -> volumes.save(
                lockAvailable(caller, id, "reserved").in(new VolumeState.Marked("attaching"), clock.instant())));
    }

    public void release(Caller caller, VolumeId id) {
        transactions.run(() -> {
            Volume volume = volumes.lockVisible(caller, id);
            if (volume.state().equals(new VolumeState.Marked("attaching"))) {
                volumes.save(volume.in(new VolumeState.Available(), clock.instant()));
            }
        });
    }

    /// An operator's word on a volume on which no work goes on and that no server has.
    ///
    /// @throws StasisException `INVALID_REQUEST` otherwise
    public void mark(Caller caller, VolumeId id, String word) {
        transactions.run(() -> {
            Volume volume = volumes.lockVisible(caller, id);
            requireIdle(volume);
            VolumeState next =
                    switch (word) {
                        case "available" -> new VolumeState.Available();
                        case "error" -> new VolumeState.Failed();
                        default -> new VolumeState.Marked(word);
                    };
            volumes.save(volume.in(next, clock.instant()));
        });
    }

    public void use(Caller caller, VolumeId id, UnaryOperator<Volume.Use> change) {
        transactions.run(() -> {
            Volume volume = volumes.lockVisible(caller, id);
            volumes.save(volume.used(change.apply(volume.nature().use()), clock.instant()));
        });
    }

    public Volume relabel(Caller caller, VolumeId id, UnaryOperator<Label> change) {
        return transactions.call(() -> {
            Volume volume = volumes.lockVisible(caller, id);
            Volume changed = volume.labelled(change.apply(volume.label()), clock.instant());
            volumes.save(changed);
            return changed;
        });
    }

    /// How much a deletion may take with it, or pass over.
    public enum Deletion {
        PLAIN,
        WITH_SNAPSHOTS,
        /// In whatever state it is, by an administrator.
        FORCED
    }

    /// Begins to delete a volume that no server has.
    ///
    /// @throws StasisException `INVALID_REQUEST` in any other state, as the volume API has it
    public void delete(Caller caller, VolumeId id, Deletion deletion) {
        transactions.run(() -> {
            Volume volume = volumes.lockVisible(caller, id);
            if (deletion == Deletion.FORCED) {
                requireIdle(volume);
            } else if (!isDeletable(volume)) {
                throw invalid("Invalid volume: Volume status must be available or error or error_restoring or"
                        + " error_extending or error_managing and must not be migrating, attached, belong to a"
                        + " group, have snapshots or be disassociated from snapshots after volume transfer.");
            }
            if (volumes.isBeingCopied(id)) {
                throw invalid("Invalid volume: a volume is being made of it. Try again when that is done.");
            }
            List<VolumeSnapshot> held = snapshots.lockAllOf(id);
            if (!held.isEmpty() && deletion == Deletion.PLAIN) {
                throw invalid("Invalid volume: Volume still has " + held.size() + " dependent snapshots.");
            }
            SagaId saga = SagaId.random();
            Instant now = clock.instant();
            for (VolumeSnapshot snapshot : held) {
                if (snapshot.state().worker().isPresent() || volumes.isBeingCopied(snapshot.id())) {
                    throw invalid("Invalid volume: its snapshot " + snapshot.id() + " is busy.");
                }
                snapshots.save(snapshot.in(new VolumeSnapshot.State.Deleting(saga), now));
            }
            volumes.save(volume.in(new VolumeState.Deleting(saga), now));
            sagas.start(
                    saga,
                    new Start<>(kinds.delete(), new DeleteVolume.Data(volume.id(), volume.backend())),
                    job(caller, volume, JobKind.DELETE_VOLUME));
        });
    }

    private static boolean isDeletable(Volume volume) {
        return switch (volume.state()) {
            case VolumeState.Available ignored -> true;
            case VolumeState.Failed ignored -> true;
            case VolumeState.Marked marked -> marked.word().startsWith("error");
            case VolumeState.Creating ignored -> false;
            case VolumeState.Attaching ignored -> false;
            case VolumeState.InUse ignored -> false;
            case VolumeState.Deleting ignored -> false;
            case VolumeState.Extending ignored -> false;
            case VolumeState.Reverting ignored -> false;
        };
    }

    private static void requireIdle(Volume volume) {
        if (volume.state().worker().isPresent() || volume.state().attached().isPresent()) {
            throw invalid("Invalid volume: it is " + volume.state().status()
                    + ", and what goes on with it cannot be passed over.");
        }
    }

    private Volume lockAvailable(Caller caller, VolumeId id, String what) {
        Volume volume = volumes.lockVisible(caller, id);
        if (!(volume.state() instanceof VolumeState.Available)) {
            throw invalid("Invalid volume: Volume " + id + " status must be available to be " + what
                    + ", but current status is: " + volume.state().status() + ".");
        }
        return volume;
    }

    private void requireQuota(Caller caller, long count, ByteCount size, long more) {
        quotas.require(caller.project(), Map.of(Resource.VOLUMES, count, Resource.VOLUME_GIB, more));
        long most = quotas.limits(caller.project())
                .getOrDefault(Resource.GIB_PER_VOLUME, Resource.GIB_PER_VOLUME.standard());
        if (most != Resource.UNLIMITED && size.gibRoundedUp() > most) {
            throw new StasisException(
                    ErrorCode.QUOTA_EXCEEDED,
                    "Requested volume size " + size.gibRoundedUp() + "G is larger than maximum allowed limit " + most
                            + "G.");
        }
    }

    private Job job(Caller caller, Volume volume, JobKind kind) {
        return Job.accepted(caller, volume.project(), kind, JobSubject.of(volume.id()), clock.instant());
    }

    private static StasisException invalid(String message) {
        return new StasisException(ErrorCode.INVALID_REQUEST, message);
    }

    public Volume show(Caller caller, VolumeId id) {
        return volumes.visible(caller, id);
    }

    public List<Volume> list(Listing listing) {
        return volumes.list(listing);
    }
}
