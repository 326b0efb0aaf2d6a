package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.Size;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SnapshotId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Gives a server another size, which can be taken back. If it fails the server is what it was.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | stop (if it runs) | agent | ChangePower(STOP) | ChangePower(START) |
/// | resize | agent | ResizeInstance | RevertResize |
/// | start (if it ran) | agent | ChangePower(START) | none: what takes the size back stops it |
public final class ResizeServer implements Saga<ResizeServer.Data> {
    private final InstanceTurns instances;
    private final Clock clock;

    public ResizeServer(InstanceTurns instances, Clock clock) {
        this.instances = instances;
        this.clock = clock;
    }

    /// @param runs whether it has to be stopped first, and started again
    /// @param kept names what its host keeps of its disks
    /// @param reached what the machine did
    public record Data(
            InstanceId instance, HostId host, boolean runs, SnapshotId kept, Size size, Optional<PowerState> reached) {
        Data reaching(PowerState power) {
            return new Data(instance, host, runs, kept, size, Optional.of(power));
        }
    }

    @Override
    public String name() {
        return "resize-server";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        List<Step<Data>> steps = new ArrayList<>();
        if (data.runs()) {
            steps.add(Step.<Data>of("stop", known -> power(known, PowerAction.STOP))
                    .undoneBy(known -> power(known, PowerAction.START)));
        }
        steps.add(Step.<Data>of(
                        "resize",
                        known -> to(
                                known, new ComputeCommand.ResizeInstance(known.instance(), known.kept(), known.size())))
                .bringing(CommandResult.Observed.class, (known, observed) -> known.reaching(observed.state()))
                .undoneBy(known -> to(known, new ComputeCommand.RevertResize(known.instance(), known.kept()))));
        if (data.runs()) {
            steps.add(Step.<Data>of("start", known -> power(known, PowerAction.START))
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
        instances.change(
                run.data().instance(),
                run.id(),
                instance -> instance.in(instance.state().observed(reached).toIdle(), clock.instant()));
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        instances.formerAgain(run.data().instance(), run.id(), former -> former);
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        instances.failed(run.data().instance(), run.id(), failure);
    }

    private static Request power(Data data, PowerAction action) {
        return to(data, new ComputeCommand.ChangePower(data.instance(), action));
    }

    private static Request to(Data data, ComputeCommand command) {
        return new Request(Topics.commands(data.host()), command);
    }
}
