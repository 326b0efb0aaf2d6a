package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SnapshotId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Gives a resized server its former size, and its own disks what they held then. If it fails it can be tried again.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | revert | agent | RevertResize | none |
/// | start (if it ran before the resize) | agent | ChangePower(START) | none |
public final class RevertResize implements Saga<RevertResize.Data> {
    private final InstanceTurns instances;

    public RevertResize(InstanceTurns instances) {
        this.instances = instances;
    }

    /// @param ran whether it is started
    /// @param reached what the machine did
    public record Data(InstanceId instance, HostId host, boolean ran, SnapshotId kept, Optional<PowerState> reached) {
        Data reaching(PowerState power) {
            return new Data(instance, host, ran, kept, Optional.of(power));
        }
    }

    @Override
    public String name() {
        return "revert-resize";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        List<Step<Data>> steps = new ArrayList<>();
        steps.add(Step.<Data>of(
                        "revert", known -> to(known, new ComputeCommand.RevertResize(known.instance(), known.kept())))
                .bringing(CommandResult.Observed.class, (known, observed) -> known.reaching(observed.state())));
        if (data.ran()) {
            steps.add(Step.<Data>of(
                            "start",
                            known -> to(known, new ComputeCommand.ChangePower(known.instance(), PowerAction.START)))
                    .bringing(CommandResult.Observed.class, (known, observed) -> known.reaching(observed.state())));
        }
        return steps;
    }

    @Override
    public void progressed(Run<Data> run, Phase phase) {
        instances.phase(run.data().instance(), run.id(), phase);
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        PowerState reached = run.data().reached().orElseThrow();
        instances.formerAgain(run.data().instance(), run.id(), _ -> reached);
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

    private static Request to(Data data, ComputeCommand command) {
        return new Request(Topics.commands(data.host()), command);
    }
}
