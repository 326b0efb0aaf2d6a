package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes a server's machine anew: same id, same host, same volumes, own disks from an image. Its row says so from
/// the start. The old disks are gone with the first step, so there is no way back: a failure leaves the server in
/// `ERROR`, to be rebuilt again, reverted or deleted. Its snapshots stay, in the store.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | remove | agent | DeleteInstance | none |
/// | boot | agent | BootInstance | none |
/// | stop (if it was stopped) | agent | ChangePower | none |
public final class RebuildServer implements Saga<RebuildServer.Data> {
    private final InstanceTurns instances;
    private final Grants grants;

    public RebuildServer(InstanceTurns instances, Grants grants) {
        this.instances = instances;
        this.grants = grants;
    }

    /// @param stopped whether it shall be stopped in the end, as it was before
    /// @param reached what the machine last did
    public record Data(
            InstanceId instance, HostId host, InstanceSpec spec, boolean stopped, Optional<PowerState> reached) {
        Data reaching(PowerState power) {
            return new Data(instance, host, spec, stopped, Optional.of(power));
        }
    }

    @Override
    public String name() {
        return "rebuild-server";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        List<Step<Data>> steps = new ArrayList<>();
        steps.add(Step.of("remove", known -> to(known, new ComputeCommand.DeleteInstance(known.instance()))));
        steps.add(Step.<Data>of(
                        "boot",
                        known -> to(
                                known,
                                new ComputeCommand.BootInstance(
                                        known.instance(), known.spec(), grants.toRead(known.instance()))))
                .bringing(CommandResult.Observed.class, (known, observed) -> known.reaching(observed.state())));
        if (data.stopped()) {
            steps.add(Step.<Data>of(
                            "stop",
                            known -> to(known, new ComputeCommand.ChangePower(known.instance(), PowerAction.STOP)))
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
        instances.launched(run.data().instance(), run.id(), run.data().reached().orElseThrow());
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
