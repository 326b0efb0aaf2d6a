package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Starts a server from a disk that is put beside its own. If it fails the server is what it was.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | stop (if it runs) | agent | ChangePower(STOP) | ChangePower(START) |
/// | rescue | agent | RescueInstance | UnrescueInstance |
public final class RescueServer implements Saga<RescueServer.Data> {
    private final InstanceTurns instances;
    private final Grants grants;
    private final Clock clock;

    public RescueServer(InstanceTurns instances, Grants grants, Clock clock) {
        this.instances = instances;
        this.grants = grants;
        this.clock = clock;
    }

    /// @param runs whether it has to be stopped first
    /// @param disk that comes for this alone
    /// @param boot that finds its way to this disk
    /// @param before how it was started until now
    /// @param reached what the machine did
    public record Data(
            InstanceId instance,
            HostId host,
            boolean runs,
            DiskSpec disk,
            Boot boot,
            Boot before,
            Optional<PowerState> reached) {
        Data reaching(PowerState power) {
            return new Data(instance, host, runs, disk, boot, before, Optional.of(power));
        }
    }

    @Override
    public String name() {
        return "rescue-server";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        List<Step<Data>> steps = new ArrayList<>();
        if (data.runs()) {
            steps.add(Step.<Data>of(
                            "stop",
                            known -> to(known, new ComputeCommand.ChangePower(known.instance(), PowerAction.STOP)))
                    .undoneBy(known -> to(known, new ComputeCommand.ChangePower(known.instance(), PowerAction.START))));
        }
        steps.add(Step.<Data>of(
                        "rescue",
                        known -> to(
                                known,
                                new ComputeCommand.RescueInstance(
                                        known.instance(), known.disk(), known.boot(), grants.toRead(known.instance()))))
                .bringing(CommandResult.Observed.class, (known, observed) -> known.reaching(observed.state()))
                .undoneBy(known -> to(
                        known,
                        new ComputeCommand.UnrescueInstance(
                                known.instance(), known.disk().target(), known.before()))));
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
                instance -> instance.in(instance.state().toRescued(reached), clock.instant()));
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        instances.idle(run.data().instance(), run.id());
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        instances.failed(run.data().instance(), run.id(), failure);
    }

    private static Request to(Data data, ComputeCommand command) {
        return new Request(Topics.commands(data.host()), command);
    }
}
