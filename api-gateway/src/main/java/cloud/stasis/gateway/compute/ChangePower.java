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
import cloud.stasis.model.PowerState;
import java.util.List;
import java.util.Optional;

/// Starts, stops, reboots, pauses, unpauses, suspends or resumes a server. One step; if it fails the server is
/// what its host says it is.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | change-power | agent | ChangePower | none: a failure leaves nothing half done |
public final class ChangePower implements Saga<ChangePower.Data> {
    private final InstanceTurns instances;

    public ChangePower(InstanceTurns instances) {
        this.instances = instances;
    }

    public record Data(InstanceId instance, HostId host, PowerAction action, Optional<PowerState> reached) {
        Data reaching(PowerState power) {
            return new Data(instance, host, action, Optional.of(power));
        }
    }

    @Override
    public String name() {
        return "change-power";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.<Data>of(
                        "change-power",
                        known -> new Request(
                                Topics.commands(known.host()),
                                new ComputeCommand.ChangePower(known.instance(), known.action())))
                .bringing(CommandResult.Observed.class, (known, observed) -> known.reaching(observed.state())));
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        instances.ready(run.data().instance(), run.id(), run.data().reached().orElseThrow());
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
}
