package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.fleet.Backend;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.gateway.volume.VolumeState.Work;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.SourceName;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.util.Optional;

/// Takes files of operators in as volumes and snapshots, and hands those out as files: what the volume API calls
/// to manage and to unmanage. Each method is one transaction.
public final class Adoptions {
    private final Transactions transactions;
    private final Volumes volumes;
    private final VolumeSnapshots snapshots;
    private final VolumeQuota quota;
    private final SagaRunner sagas;
    private final Kinds kinds;
    private final Clock clock;

    public Adoptions(
            Transactions transactions,
            Volumes volumes,
            VolumeSnapshots snapshots,
            VolumeQuota quota,
            SagaRunner sagas,
            Kinds kinds,
            Clock clock) {
        this.transactions = transactions;
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.quota = quota;
        this.sagas = sagas;
        this.kinds = kinds;
        this.clock = clock;
    }

    /// What begins with each kind of work.
    public record Kinds(
            AdoptVolume adoptVolume,
            ReleaseVolume releaseVolume,
            AdoptSnapshot adoptSnapshot,
            ReleaseSnapshot releaseSnapshot) {}

    /// What a file is to be as a volume.
    ///
    /// @param use what its operator says that it is for
    public record Adopted(Label label, Optional<VolumeTypeId> type, Volume.Use use) {}

    /// Begins to make a volume of a file. It has no size until the backend has told that.
    public Volume adopt(Caller caller, Backend backend, SourceName source, Adopted as) {
        return transactions.call(() -> {
            quota.require(caller.project(), VolumeQuota.Demand.volume(as.type(), ByteCount.ZERO));
            SagaId saga = SagaId.random();
            Volume volume = new Volume(
                    VolumeId.random(),
                    caller.project(),
                    caller.user(),
                    as.label(),
                    Volume.Nature.BLANK.typed(as.type()).used(as.use()),
                    ByteCount.ZERO,
                    backend.id(),
                    new VolumeState.Working(Work.MANAGING, saga, Optional.empty()),
                    clock.instant(),
                    clock.instant(),
                    Optional.empty());
            volumes.add(volume);
            sagas.start(
                    saga,
                    new Start<>(
                            kinds.adoptVolume(),
                            new AdoptVolume.Data(volume.id(), backend.id(), source, Optional.empty())),
                    job(caller, volume, JobKind.ADOPT_VOLUME));
            return volume;
        });
    }

    /// Begins to make a file of a volume.
    ///
    /// @throws StasisException `INVALID_REQUEST` if a server has it, it has snapshots, or work goes on with it
    public void release(Caller caller, VolumeId id) {
        transactions.run(() -> {
            Volume volume = volumes.lockVisible(caller, id);
            boolean mayBe =
                    volume.state() instanceof VolumeState.Available || volume.state() instanceof VolumeState.Failed;
            if (!mayBe || volume.nature().group().isPresent()) {
                throw invalid("Invalid volume: Volume status must be available or error and must not be attached,"
                        + " belong to a group or have snapshots, to be unmanaged; it is "
                        + volume.state().status() + ".");
            }
            if (volumes.isBeingCopied(id) || !snapshots.lockAllOf(id).isEmpty()) {
                throw invalid("Invalid volume: Volume still has dependent snapshots, or a volume is being made of it.");
            }
            SagaId saga = SagaId.random();
            volumes.save(volume.in(VolumeCatalog.working(volume, Work.UNMANAGING, saga), clock.instant()));
            sagas.start(
                    saga,
                    new Start<>(kinds.releaseVolume(), new ReleaseVolume.Data(id, volume.backend())),
                    job(caller, volume, JobKind.RELEASE_VOLUME));
        });
    }

    /// Begins to let a file be what a volume held once.
    ///
    /// @throws StasisException `INVALID_REQUEST` unless the volume is available
    public VolumeSnapshot adopt(Caller caller, VolumeId id, SourceName source, Label label) {
        return transactions.call(() -> {
            Volume found = volumes.visible(caller, id);
            quota.require(found.project(), VolumeQuota.Demand.snapshot(found));
            Volume volume = lockAvailable(caller, id);
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
            sagas.start(
                    saga,
                    new Start<>(
                            kinds.adoptSnapshot(), new AdoptSnapshot.Data(snapshot.id(), id, volume.backend(), source)),
                    job(caller, volume, JobKind.ADOPT_SNAPSHOT));
            return snapshot;
        });
    }

    /// Begins to make a file of a snapshot.
    ///
    /// @throws StasisException `INVALID_REQUEST` unless it and its volume are available, and nothing is made of it
    public void release(Caller caller, SnapshotId id) {
        transactions.run(() -> {
            Volume volume = lockAvailable(caller, snapshots.visible(caller, id).volume());
            VolumeSnapshot snapshot = snapshots.lockVisible(caller, id);
            if (!(snapshot.state() instanceof VolumeSnapshot.State.Available) || volumes.isBeingCopied(id)) {
                throw invalid("Invalid snapshot: Snapshot status must be available, and nothing may be made of it, to"
                        + " be unmanaged; it is " + snapshot.state().status() + ".");
            }
            SagaId saga = SagaId.random();
            snapshots.save(snapshot.in(new VolumeSnapshot.State.Deleting(saga), clock.instant()));
            sagas.start(
                    saga,
                    new Start<>(
                            kinds.releaseSnapshot(),
                            new ReleaseSnapshot.Data(id, snapshot.volume(), snapshot.backend())),
                    job(caller, volume, JobKind.RELEASE_SNAPSHOT));
        });
    }

    private Volume lockAvailable(Caller caller, VolumeId id) {
        Volume volume = volumes.lockVisible(caller, id);
        if (!(volume.state() instanceof VolumeState.Available)) {
            throw invalid("Invalid volume: Volume " + id + " status must be available to take its snapshots in or"
                    + " hand them out, but current status is: " + volume.state().status() + ".");
        }
        return volume;
    }

    private Job job(Caller caller, Volume volume, JobKind kind) {
        return Job.accepted(caller, volume.project(), kind, JobSubject.of(volume.id()), clock.instant());
    }

    private static StasisException invalid(String message) {
        return new StasisException(ErrorCode.INVALID_REQUEST, message);
    }
}
