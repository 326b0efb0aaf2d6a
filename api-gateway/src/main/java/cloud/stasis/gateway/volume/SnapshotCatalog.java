package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What tenants do with snapshots of volumes. Each method is one transaction.
public final class SnapshotCatalog {
    private final Transactions transactions;
    private final Volumes volumes;
    private final VolumeSnapshots snapshots;
    private final VolumeHosts hosts;
    private final VolumeQuota quota;
    private final SagaRunner sagas;
    private final SnapshotVolume snapshotVolume;
    private final DeleteVolumeSnapshot deleteSnapshot;
    private final Clock clock;

    public SnapshotCatalog(
            Transactions transactions,
            Volumes volumes,
            VolumeSnapshots snapshots,
            VolumeHosts hosts,
            VolumeQuota quota,
            SagaRunner sagas,
            SnapshotVolume snapshotVolume,
            DeleteVolumeSnapshot deleteSnapshot,
            Clock clock) {
        this.transactions = transactions;
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.hosts = hosts;
        this.quota = quota;
        this.sagas = sagas;
        this.snapshotVolume = snapshotVolume;
        this.deleteSnapshot = deleteSnapshot;
        this.clock = clock;
    }

    /// Begins to take a snapshot.
    ///
    /// @throws StasisException `INVALID_REQUEST` unless the volume is available, or in use and `forced`
    public VolumeSnapshot create(Caller caller, VolumeId id, Label label, VolumeCatalog.Force force) {
        return transactions.call(() -> begin(caller, id, label, force)).snapshot();
    }

    /// A snapshot that is being taken, and the job that does it.
    public record Begun(VolumeSnapshot snapshot, Job job) {}

    /// As [#create], within the caller's transaction.
    public Begun begin(Caller caller, VolumeId id, Label label, VolumeCatalog.Force force) {
        Volume found = volumes.visible(caller, id);
        quota.require(found.project(), VolumeQuota.Demand.snapshot(found));
        Volume volume = volumes.lockVisible(caller, id);
        boolean mayBe = volume.state() instanceof VolumeState.Available
                || volume.state() instanceof VolumeState.InUse && force == VolumeCatalog.Force.YES;
        if (!mayBe) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "Invalid volume: Volume " + id + " status must be available, or in-use and forced, but current"
                            + " status is: " + volume.state().status() + ".");
        }
        SagaId saga = SagaId.random();
        VolumeSnapshot snapshot = VolumeSnapshot.of(
                volume,
                SnapshotId.random(),
                caller.user(),
                label,
                Optional.empty(),
                VolumeSnapshot.Occasion.ON_REQUEST,
                saga,
                clock.instant());
        snapshots.add(snapshot);
        Job job = job(caller, snapshot, JobKind.SNAPSHOT_VOLUME);
        sagas.start(
                saga,
                new Start<>(
                        snapshotVolume,
                        new SnapshotVolume.Data(snapshot.id(), id, volume.backend(), Opening.of(volume, hosts))),
                job);
        return new Begun(snapshot, job);
    }

    public VolumeSnapshot show(Caller caller, SnapshotId id) {
        return snapshots.visible(caller, id);
    }

    public List<VolumeSnapshot> list(Listing listing) {
        return snapshots.list(listing);
    }

    public VolumeSnapshot relabel(Caller caller, SnapshotId id, UnaryOperator<Label> change) {
        return transactions.call(() -> {
            VolumeSnapshot snapshot = snapshots.lockVisible(caller, id);
            VolumeSnapshot changed = snapshot.labelled(change.apply(snapshot.label()), clock.instant());
            snapshots.save(changed);
            return changed;
        });
    }

    /// An operator's word on a snapshot on which no work goes on.
    public void mark(Caller caller, SnapshotId id, String word, Optional<String> progress) {
        transactions.run(() -> {
            VolumeSnapshot snapshot = snapshots.lockVisible(caller, id);
            requireIdle(snapshot);
            VolumeSnapshot.State next = word.equals("available")
                    ? new VolumeSnapshot.State.Available()
                    : new VolumeSnapshot.State.Marked(word, progress.orElse("0%"));
            snapshots.save(snapshot.in(next, clock.instant()));
        });
    }

    public enum Deletion {
        PLAIN,
        /// In whatever state it is, by an administrator.
        FORCED
    }

    /// @throws StasisException `INVALID_REQUEST` in a state in which it cannot be deleted
    public void delete(Caller caller, SnapshotId id, Deletion deletion) {
        transactions.run(() -> {
            VolumeId of = snapshots.visible(caller, id).volume();
            volumes.lock(of).ifPresent(SnapshotCatalog::requireSettled);
            VolumeSnapshot snapshot = snapshots.lockVisible(caller, id);
            requireIdle(snapshot);
            if (deletion == Deletion.PLAIN && !isDeletable(snapshot)) {
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST,
                        "Invalid snapshot: Snapshot status must be available or error, but current status is: "
                                + snapshot.state().status() + ".");
            }
            if (volumes.isBeingCopied(id)) {
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST,
                        "Invalid snapshot: a volume is being made of it. Try again when that is done.");
            }
            SagaId saga = SagaId.random();
            snapshots.save(snapshot.in(new VolumeSnapshot.State.Deleting(saga), clock.instant()));
            sagas.start(
                    saga,
                    new Start<>(
                            deleteSnapshot,
                            new DeleteVolumeSnapshot.Data(
                                    id, snapshot.volume(), snapshot.backend(), opened(snapshot.volume()))),
                    job(caller, snapshot, JobKind.DELETE_VOLUME_SNAPSHOT));
        });
    }

    /// Who has a volume open must not change while its snapshots do.
    private static void requireSettled(Volume volume) {
        boolean changing = volume.state() instanceof VolumeState.Attaching
                || volume.state() instanceof VolumeState.Working working
                        && working.work() == VolumeState.Work.DETACHING;
        if (changing) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "Invalid snapshot: its volume is " + volume.state().status() + ". Try again when that is done.");
        }
    }

    private Optional<VolumeBundle.Opened> opened(VolumeId volume) {
        return volumes.find(volume).flatMap(found -> Opening.of(found, hosts));
    }

    private static boolean isDeletable(VolumeSnapshot snapshot) {
        String status = snapshot.state().status();
        return status.equals("available") || status.startsWith("error");
    }

    private static void requireIdle(VolumeSnapshot snapshot) {
        if (snapshot.state().worker().isPresent()) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "Invalid snapshot: it is " + snapshot.state().status() + ". Try again when that is done.");
        }
    }

    private Job job(Caller caller, VolumeSnapshot snapshot, JobKind kind) {
        return Job.accepted(caller, snapshot.project(), kind, JobSubject.of(snapshot.volume()), clock.instant());
    }
}
