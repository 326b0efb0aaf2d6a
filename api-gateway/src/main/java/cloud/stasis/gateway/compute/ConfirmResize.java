package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.SnapshotId;
import java.time.Clock;
import java.util.List;

/// Lets go of what a resize kept: the server has its new size for good. If it fails it can be tried again.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | confirm | agent | ConfirmResize | none |
public final class ConfirmResize implements Saga<ConfirmResize.Data> {
    private final InstanceTurns instances;
    private final Clock clock;

    public ConfirmResize(InstanceTurns instances, Clock clock) {
        this.instances = instances;
        this.clock = clock;
    }

    public record Data(InstanceId instance, HostId host, SnapshotId kept) {}

    @Override
    public String name() {
        return "confirm-resize";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.of(
                "confirm",
                known -> new Request(
                        Topics.commands(known.host()),
                        new ComputeCommand.ConfirmResize(known.instance(), known.kept()))));
    }

    @Override
    public void progressed(Run<Data> run, Phase phase) {
        instances.phase(run.data().instance(), run.id(), phase);
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        instances.change(
                run.data().instance(),
                run.id(),
                instance -> instance.in(
                        instance.state().toReady(instance.state().power().orElseThrow()), clock.instant()));
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        instances.idle(run.data().instance(), run.id());
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        instances.idle(run.data().instance(), run.id());
    }
}
