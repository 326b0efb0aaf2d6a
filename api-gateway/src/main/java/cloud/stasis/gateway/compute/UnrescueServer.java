package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import java.util.List;
import java.util.Optional;

/// Starts a server from its own disk again, and takes away the disk that rescued it. A failure leaves the server in
/// `ERROR`, from which this can be tried again.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | unrescue | agent | UnrescueInstance | none |
/// | start | agent | ChangePower(START) | none |
public final class UnrescueServer implements Saga<UnrescueServer.Data> {
    private final InstanceTurns instances;

    public UnrescueServer(InstanceTurns instances) {
        this.instances = instances;
    }

    /// @param disk that rescued it
    /// @param boot as it is started without
    /// @param reached what the machine did
    public record Data(InstanceId instance, HostId host, DeviceName disk, Boot boot, Optional<PowerState> reached) {
        Data reaching(PowerState power) {
            return new Data(instance, host, disk, boot, Optional.of(power));
        }
    }

    @Override
    public String name() {
        return "unrescue-server";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(
                Step.of(
                        "unrescue",
                        known -> to(
                                known,
                                new ComputeCommand.UnrescueInstance(known.instance(), known.disk(), known.boot()))),
                Step.<Data>of(
                                "start",
                                known -> to(known, new ComputeCommand.ChangePower(known.instance(), PowerAction.START)))
                        .bringing(CommandResult.Observed.class, (known, observed) -> known.reaching(observed.state())));
    }

    @Override
    public void progressed(Run<Data> run, Phase phase) {
        instances.phase(run.data().instance(), run.id(), phase);
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        instances.ready(run.data().instance(), run.id(), run.data().reached().orElseThrow());
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        instances.failed(run.data().instance(), run.id(), cause);
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        instances.failed(run.data().instance(), run.id(), failure);
    }

    private static Request to(Data data, ComputeCommand command) {
        return new Request(Topics.commands(data.host()), command);
    }
}
