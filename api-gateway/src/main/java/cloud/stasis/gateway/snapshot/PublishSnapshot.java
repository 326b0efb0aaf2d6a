package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.image.DigestImage;
import cloud.stasis.gateway.image.DropBundle;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Phase;
import cloud.stasis.model.ReferenceName;
import java.util.List;
import java.util.Optional;

/// Makes an image of a snapshot: the same parts under a second name. No byte moves; the image lives on when the
/// snapshot is deleted, and a download of it is the whole bundle as an OVA.
///
/// A snapshot that is deleted meanwhile does no harm: its parts stay for an hour without a name, and the seal
/// checks that they are there. Deleting the image while it is made cancels the job, as with [CreateImage].
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | seal (commit point) | image service | SealBundle | DropReference |
///
/// [CreateImage]: cloud.stasis.gateway.compute.CreateImage
public final class PublishSnapshot implements Saga<PublishSnapshot.Data> {
    private final Images images;
    private final Outbox outbox;
    private final DigestImage digestImage;
    private final DropBundle dropBundle;

    public PublishSnapshot(Images images, Outbox outbox, DigestImage digestImage, DropBundle dropBundle) {
        this.images = images;
        this.outbox = outbox;
        this.digestImage = digestImage;
        this.dropBundle = dropBundle;
    }

    /// @param fileSize what a download of the sealed bundle gives
    public record Data(ImageId image, Manifest manifest, Optional<ByteCount> fileSize) {
        Data sealing(CommandResult.Sealed result) {
            return new Data(image, manifest, Optional.of(result.fileSize()));
        }
    }

    @Override
    public String name() {
        return "publish-snapshot";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.<Data>of(
                        "seal",
                        known -> new Request(
                                outbox.imageTopic(),
                                new ImageCommand.SealBundle(ReferenceName.of(known.image()), known.manifest())))
                .bringing(CommandResult.Sealed.class, Data::sealing)
                .undoneBy(known -> new Request(
                        outbox.imageTopic(), new ImageCommand.DropReference(ReferenceName.of(known.image()))))
                .committing());
    }

    @Override
    public void progressed(Run<Data> run, Phase phase) {
        images.saving(run.data().image());
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        Data data = run.data();
        images.saving(data.image());
        if (isUnwanted(data)
                || !images.activate(
                        data.image(), data.manifest(), data.fileSize().orElseThrow())) {
            return List.of(new Start<>(dropBundle, new DropBundle.Data(ReferenceName.of(data.image()))));
        }
        return List.of(new Start<>(digestImage, new DigestImage.Data(data.image(), Optional.empty())));
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        images.abandon(run.data().image());
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        images.abandon(run.data().image());
    }

    @Override
    public boolean isUnwanted(Data data) {
        return images.find(data.image())
                .filter(image ->
                        !image.status().equals("deleted") && !image.status().equals("pending_delete"))
                .isEmpty();
    }
}
