package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.compute.InstanceTurns;
import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Identity;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.messages.Topics;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Part;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SnapshotId;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// Makes a new server out of a snapshot. Its row is there from the start (`BUILD`). If it fails, what was made is
/// removed and the server stays as `ERROR` with the reason, as with any other new server. While it goes on the
/// snapshot cannot be deleted; afterwards nothing ties the two together.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | clone | agent | CloneInstance | DeleteInstance |
public final class CloneServer implements Saga<CloneServer.Data> {
    private final InstanceTurns instances;
    private final SnapshotRows snapshots;
    private final Grants grants;
    private final Clock clock;

    public CloneServer(InstanceTurns instances, SnapshotRows snapshots, Grants grants, Clock clock) {
        this.instances = instances;
        this.snapshots = snapshots;
        this.grants = grants;
        this.clock = clock;
    }

    /// @param instance the new one
    /// @param source whose snapshot it is
    /// @param parts of the snapshot's bundle
    /// @param reached what the machine did when it was made
    public record Data(
            InstanceId instance,
            HostId host,
            InstanceSpec spec,
            InstanceId source,
            SnapshotId snapshot,
            List<Part> parts,
            MemoryChoice memory,
            ResumeState resume,
            Identity identity,
            Optional<PowerState> reached) {
        public Data {
            parts = List.copyOf(parts);
        }

        Data reaching(PowerState power) {
            return new Data(
                    instance, host, spec, source, snapshot, parts, memory, resume, identity, Optional.of(power));
        }
    }

    @Override
    public String name() {
        return "clone-server";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.<Data>of("clone", this::make)
                .bringing(CommandResult.Observed.class, (known, observed) -> known.reaching(observed.state()))
                .undoneBy(known -> new Request(
                        Topics.commands(known.host()), new ComputeCommand.DeleteInstance(known.instance()))));
    }

    @Override
    public void progressed(Run<Data> run, Phase phase) {
        instances.phase(run.data().instance(), run.id(), phase);
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        instances.launched(run.data().instance(), run.id(), run.data().reached().orElseThrow());
        release(run);
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        instances.failed(run.data().instance(), run.id(), cause);
        release(run);
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        instances.failed(run.data().instance(), run.id(), failure);
        release(run);
    }

    private void release(Run<Data> run) {
        snapshots
                .lock(run.data().snapshot())
                .filter(snapshot -> snapshot.isWorkedOnBy(run.id()))
                .ifPresent(snapshot -> snapshots.save(snapshot.in(new SnapshotState.Available(), clock.instant())));
    }

    private Request make(Data data) {
        return new Request(
                Topics.commands(data.host()),
                new ComputeCommand.CloneInstance(
                        data.instance(),
                        data.spec(),
                        data.source(),
                        data.snapshot(),
                        data.parts(),
                        data.memory(),
                        data.resume(),
                        data.identity(),
                        grants.toRead(data.instance())));
    }
}
