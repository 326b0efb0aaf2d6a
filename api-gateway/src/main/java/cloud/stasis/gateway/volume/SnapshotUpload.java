package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobKind;
import cloud.stasis.gateway.job.JobSubject;
import cloud.stasis.gateway.saga.SagaRunner;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/// Begins to make images of snapshots of volumes. What the store has of the volume already is not read again.
///
/// The snapshot may be deleted meanwhile: commands of one volume are carried out in order, so either the image is
/// whole or it is given up.
public record SnapshotUpload(
        Transactions transactions,
        Volumes volumes,
        VolumeSnapshots snapshots,
        Images images,
        SagaRunner sagas,
        UploadVolume uploadVolume,
        Clock clock) {

    /// @return the job; its subject names the image, which is not active yet
    /// @throws StasisException `SNAPSHOT_NOT_FOUND`; `WRONG_STATE` unless the snapshot is available
    public Job begin(Caller caller, SnapshotId id, VolumeCatalog.NewImage asked) {
        return transactions.call(() -> {
            VolumeSnapshot snapshot = snapshots.lockVisible(caller, id);
            if (!(snapshot.state() instanceof VolumeSnapshot.State.Available)) {
                throw new StasisException(
                        ErrorCode.WRONG_STATE,
                        "Cannot make an image of volume snapshot " + id + " while it is "
                                + snapshot.state().status() + ".");
            }
            Volume volume = volumes.find(snapshot.volume())
                    .orElseThrow(() -> new StasisException(
                            ErrorCode.VOLUME_NOT_FOUND, "The volume of snapshot " + id + " could not be found."));
            ImageId image = ImageId.random();
            images.reserve(
                    image,
                    caller.project(),
                    asked.name(),
                    VolumeCatalog.inherited(volume),
                    new Images.MinimumSizes(Math.toIntExact(snapshot.size().gibRoundedUp()), 0),
                    snapshot.size());
            VolumeBundle bundle = VolumeBundle.of(
                    volume,
                    Optional.empty(),
                    Optional.of(id),
                    ReferenceName.of(image),
                    asked.form(),
                    Map.of("name", asked.name(), "project", caller.project().value()));
            Job job = Job.accepted(
                    caller,
                    caller.project(),
                    JobKind.UPLOAD_VOLUME,
                    JobSubject.of(volume.id(), image),
                    clock.instant());
            sagas.start(SagaId.random(), new Start<>(uploadVolume, new UploadVolume.Data(image, bundle)), job);
            return job;
        });
    }
}
