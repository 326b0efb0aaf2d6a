package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.volume.CreateVolume;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.VolumeState;
import cloud.stasis.gateway.volume.Volumes;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes a server: its new volumes first, one after the other, then the machine on the host that placement chose.
///
/// The rows of server and volumes exist from the start (`BUILD`, `creating`). When the machine runs, the server
/// is `ACTIVE` and all its volumes are `in-use`. If a step fails everything that was made is removed again: the
/// new volumes go, volumes that existed before are `available` again, and the server stays as `ERROR` with the
/// reason, for the tenant to read and delete.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | create-volume-1 ... n | volume service | CreateVolume, CloneVolume or FillVolume | DeleteVolume |
/// | boot | agent | BootInstance | DeleteInstance |
public final class BootServer implements Saga<BootServer.Data> {
    private final InstanceTurns instances;
    private final Volumes volumes;
    private final Grants grants;
    private final Clock clock;

    public BootServer(InstanceTurns instances, Volumes volumes, Grants grants, Clock clock) {
        this.instances = instances;
        this.volumes = volumes;
        this.grants = grants;
        this.clock = clock;
    }

    /// @param made volumes to make, already reserved for the server
    /// @param existing volumes that are there already, reserved for the server
    /// @param reached what the machine did when it was booted
    public record Data(
            InstanceId instance,
            HostId host,
            InstanceSpec spec,
            List<CreateVolume.Data> made,
            List<VolumeId> existing,
            Optional<PowerState> reached) {
        public Data {
            made = List.copyOf(made);
            existing = List.copyOf(existing);
        }

        Data reaching(PowerState power) {
            return new Data(instance, host, spec, made, existing, Optional.of(power));
        }
    }

    @Override
    public String name() {
        return "boot-server";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        List<Step<Data>> steps = new ArrayList<>();
        for (CreateVolume.Data made : data.made()) {
            steps.add(Step.<Data>of("create-volume-" + (steps.size() + 1), known -> CreateVolume.making(made, grants))
                    .undoneBy(known -> CreateVolume.unmaking(made)));
        }
        steps.add(Step.<Data>of(
                        "boot",
                        known -> new Request(
                                Topics.commands(known.host()),
                                new ComputeCommand.BootInstance(
                                        known.instance(), known.spec(), grants.toRead(known.instance()))))
                .bringing(CommandResult.Observed.class, (known, observed) -> known.reaching(observed.state()))
                .undoneBy(known -> new Request(
                        Topics.commands(known.host()), new ComputeCommand.DeleteInstance(known.instance()))));
        return steps;
    }

    @Override
    public void progressed(Run<Data> run, Phase phase) {
        instances.phase(run.data().instance(), run.id(), phase);
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        instances.launched(run.data().instance(), run.id(), run.data().reached().orElseThrow());
        all(run.data()).forEach(id -> reserved(run, id).ifPresent(volume -> volume.state()
                .attached()
                .ifPresent(attachment -> volumes.save(volume.in(new VolumeState.InUse(attachment), clock.instant())))));
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        instances.failed(run.data().instance(), run.id(), cause);
        run.data().made().forEach(made -> reserved(run, made.volume())
                .ifPresent(volume -> volumes.save(volume.deleted(clock.instant()))));
        run.data().existing().forEach(id -> reserved(run, id)
                .ifPresent(volume -> volumes.save(volume.in(new VolumeState.Available(), clock.instant()))));
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        instances.failed(run.data().instance(), run.id(), failure);
        all(run.data()).forEach(id -> reserved(run, id)
                .ifPresent(volume -> volumes.save(volume.in(new VolumeState.Failed(), clock.instant()))));
    }

    private static List<VolumeId> all(Data data) {
        List<VolumeId> all = new ArrayList<>(data.existing());
        data.made().forEach(made -> all.add(made.volume()));
        return all;
    }

    /// The volume, if it is still this run's.
    private Optional<Volume> reserved(Run<Data> run, VolumeId id) {
        return volumes.lock(id).filter(volume -> volume.isWorkedOnBy(run.id()));
    }
}
