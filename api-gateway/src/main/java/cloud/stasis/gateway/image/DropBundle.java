package cloud.stasis.gateway.image;

import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.ReferenceName;
import java.util.List;
import org.jboss.logging.Logger;

/// Removes a bundle that was sealed when nobody wanted it any more.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | drop-reference | image service | DropReference | none, forward only |
public final class DropBundle implements Saga<DropBundle.Data> {
    private static final Logger LOG = Logger.getLogger(DropBundle.class);

    private final Outbox outbox;

    public DropBundle(Outbox outbox) {
        this.outbox = outbox;
    }

    public record Data(ReferenceName reference) {}

    @Override
    public String name() {
        return "drop-bundle";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.<Data>of(
                        "drop-reference",
                        known -> new Request(outbox.imageTopic(), new ImageCommand.DropReference(known.reference())))
                .forwardOnly());
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        throw new IllegalStateException("dropping a bundle is never undone");
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        LOG.errorf(
                "A bundle that nobody wants stays in the store reference=%s",
                run.data().reference());
    }
}
