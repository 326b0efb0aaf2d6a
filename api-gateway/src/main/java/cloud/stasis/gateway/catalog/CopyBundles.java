package cloud.stasis.gateway.catalog;

import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ErrorReport;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/// Pulls bundles from a peer, or pushes them there. What came is told with facts, which [BundleCatalog] takes. Cut
/// off, it goes on where it was; cancelled, what is whole stays.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | copy | image service | CopyBundles | none: every bundle is whole, or not visible |
public final class CopyBundles implements Saga<CopyBundles.Data> {
    private static final Logger LOG = Logger.getLogger(CopyBundles.class);

    private final Outbox outbox;

    public CopyBundles(Outbox outbox) {
        this.outbox = outbox;
    }

    public record Data(ImageCommand.CopyBundles order, Optional<CommandResult.Copied> copied) {}

    @Override
    public String name() {
        return "copy-bundles";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.<Data>of("copy", known -> new Request(outbox.imageTopic(), known.order()))
                .bringing(CommandResult.Copied.class, (known, copied) -> new Data(known.order(), Optional.of(copied))));
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        CommandResult.Copied copied = run.data().copied().orElseThrow();
        LOG.infof(
                "Bundles were copied peer=%s direction=%s bundles=%d present=%d blobs=%d bytes=%d absent=%s",
                run.data().order().peer(),
                run.data().order().direction(),
                copied.bundles(),
                copied.present(),
                copied.blobs(),
                copied.travelled().bytes(),
                copied.absent());
        return List.of();
    }

    /// The job keeps the reason.
    @Override
    public void undone(Run<Data> run, ErrorReport cause) {}

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {}
}
