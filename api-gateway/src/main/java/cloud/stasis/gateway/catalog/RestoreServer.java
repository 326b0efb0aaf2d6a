package cloud.stasis.gateway.catalog;

import cloud.stasis.gateway.compute.InstanceTurns;
import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Part;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SnapshotId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes the server of a snapshot again where it is not any more: at another site, or after it was deleted. It is the
/// same machine, with the same id, devices and disks; what were volumes are disks of its own now.
///
/// It is booted from the disks of the snapshot, and then reverted to the snapshot, which gives it its devices and its
/// memory.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | boot | agent | BootInstance | DeleteInstance |
/// | revert-instance | agent | RevertInstance | none: the boot is undone |
public final class RestoreServer implements Saga<RestoreServer.Data> {
    private final InstanceTurns instances;
    private final Grants grants;
    private final Clock clock;

    public RestoreServer(InstanceTurns instances, Grants grants, Clock clock) {
        this.instances = instances;
        this.grants = grants;
        this.clock = clock;
    }

    /// @param memory whether it goes on mid-instruction; else it boots
    public record Data(
            InstanceId instance,
            HostId host,
            SnapshotId snapshot,
            InstanceSpec spec,
            List<Part> parts,
            MemoryChoice memory,
            AfterRevert resume,
            Optional<PowerState> reached) {
        public Data {
            parts = List.copyOf(parts);
        }

        Data reaching(PowerState power) {
            return new Data(instance, host, snapshot, spec, parts, memory, resume, Optional.of(power));
        }
    }

    @Override
    public String name() {
        return "restore-server";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        List<Step<Data>> steps = new ArrayList<>();
        steps.add(Step.<Data>of("boot", this::boot)
                .bringing(CommandResult.Observed.class, (known, observed) -> known.reaching(observed.state()))
                .undoneBy(known -> new Request(
                        Topics.commands(known.host()), new ComputeCommand.DeleteInstance(known.instance()))));
        if (data.memory() == MemoryChoice.WITH_MEMORY || data.resume() == AfterRevert.PAUSED) {
            steps.add(Step.<Data>of("revert-instance", this::revert)
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
        Data data = run.data();
        instances.change(data.instance(), run.id(), instance -> instance.launched(
                        data.reached().orElseThrow(), clock.instant())
                .at(Optional.of(data.snapshot()), clock.instant()));
        return List.of();
    }

    /// The server stays as `ERROR` with the reason, for its tenant to read and delete.
    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        instances.failed(run.data().instance(), run.id(), cause);
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        instances.failed(run.data().instance(), run.id(), failure);
    }

    private Request boot(Data data) {
        return new Request(
                Topics.commands(data.host()),
                new ComputeCommand.BootInstance(data.instance(), data.spec(), grants.toRead(data.instance())));
    }

    private Request revert(Data data) {
        return new Request(
                Topics.commands(data.host()),
                new ComputeCommand.RevertInstance(
                        data.instance(),
                        data.snapshot(),
                        data.spec(),
                        data.parts(),
                        data.memory(),
                        data.resume(),
                        Optional.empty(),
                        grants.toRead(data.instance())));
    }
}
