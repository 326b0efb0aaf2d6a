package cloud.stasis.gateway.catalog;

import cloud.stasis.gateway.outbox.Outbox;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.BundleChoice;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.ProjectId;
import java.util.List;
import java.util.Optional;

/// Enters bundles that the store has and the tables do not. The store tells of each with a fact, which
/// [BundleCatalog] takes; when it is done it has told of all.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | tell | image service | TellBundles | none: what is entered is good |
public final class AdoptBundles implements Saga<AdoptBundles.Data> {
    private final Outbox outbox;

    public AdoptBundles(Outbox outbox) {
        this.outbox = outbox;
    }

    public record Data(BundleChoice choice, Optional<ProjectId> assigned) {}

    @Override
    public String name() {
        return "adopt-bundles";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.of(
                "tell",
                known -> new Request(
                        outbox.imageTopic(), new ImageCommand.TellBundles(known.choice(), known.assigned()))));
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        return List.of();
    }

    /// The job keeps the reason.
    @Override
    public void undone(Run<Data> run, ErrorReport cause) {}

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {}
}
