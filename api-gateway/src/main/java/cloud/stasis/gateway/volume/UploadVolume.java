package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.image.DigestImage;
import cloud.stasis.gateway.image.DropBundle;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.saga.StepName;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.ReferenceName;
import java.util.List;
import java.util.Optional;

/// Makes an image of a volume. The image's row is there from the start, as with an image of a server; the
/// volume is `uploading` until the image is active or given up. Deleting the image meanwhile gives it up.
/// Steps: see [VolumeBundle].
public final class UploadVolume implements Saga<UploadVolume.Data> {
    private final VolumeTurns volumes;
    private final Images images;
    private final Grants grants;
    private final Outbox outbox;
    private final DigestImage digestImage;
    private final DropBundle dropBundle;

    public UploadVolume(
            VolumeTurns volumes,
            Images images,
            Grants grants,
            Outbox outbox,
            DigestImage digestImage,
            DropBundle dropBundle) {
        this.volumes = volumes;
        this.images = images;
        this.grants = grants;
        this.outbox = outbox;
        this.digestImage = digestImage;
        this.dropBundle = dropBundle;
    }

    public record Data(ImageId image, VolumeBundle bundle) {}

    @Override
    public String name() {
        return "upload-volume";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return VolumeBundle.steps(Data::bundle, (known, bundle) -> new Data(known.image(), bundle), grants, outbox);
    }

    @Override
    public void progressed(Run<Data> run, Phase phase) {
        images.saving(run.data().image());
    }

    @Override
    public void stepDone(Run<Data> run, StepName step) {
        if (step.value().equals(VolumeBundle.SEAL)) {
            VolumeBundle bundle = run.data().bundle();
            images.activate(
                    run.data().image(), bundle.manifest(), bundle.fileSize().orElseThrow());
        }
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        volumes.settle(run, run.data().bundle().volume());
        ImageId image = run.data().image();
        return isUnwanted(run.data())
                ? List.of(new Start<>(dropBundle, new DropBundle.Data(ReferenceName.of(image))))
                : List.of(new Start<>(digestImage, new DigestImage.Data(image, Optional.empty())));
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        images.abandon(run.data().image());
        volumes.settle(run, run.data().bundle().volume());
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        if (run.data().bundle().fileSize().isEmpty()) {
            images.abandon(run.data().image());
        }
        volumes.settle(run, run.data().bundle().volume());
    }

    @Override
    public boolean isUnwanted(Data data) {
        return images.find(data.image()).isEmpty();
    }
}
