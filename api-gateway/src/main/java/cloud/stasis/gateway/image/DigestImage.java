package cloud.stasis.gateway.image;

import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Computes the checksums of an image in the background. If it fails the image stays without them, as the image
/// API allows.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | digest | image service | DigestImage | none: it only reads |
public final class DigestImage implements Saga<DigestImage.Data> {
    private static final Logger LOG = Logger.getLogger(DigestImage.class);

    private final Images images;
    private final Outbox outbox;

    public DigestImage(Images images, Outbox outbox) {
        this.images = images;
        this.outbox = outbox;
    }

    public record Data(ImageId image, Optional<CommandResult.Digested> digested) {}

    @Override
    public String name() {
        return "digest-image";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.<Data>of(
                        "digest",
                        known -> new Request(
                                outbox.imageTopic(), new ImageCommand.DigestImage(ReferenceName.of(known.image()))))
                .bringing(
                        CommandResult.Digested.class,
                        (known, digested) -> new Data(known.image(), Optional.of(digested))));
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        CommandResult.Digested digested = run.data().digested().orElseThrow();
        images.checksums(run.data().image(), digested.md5(), digested.sha512());
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        LOG.warnf(
                "An image stays without checksums sagaId=%s imageId=%s code=%s",
                run.id(), run.data().image(), cause.code());
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        undone(run, failure);
    }
}
