package cloud.stasis.gateway.snapshot;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.InstanceTurns;
import cloud.stasis.gateway.device.Plugged;
import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.snapshot.VolumeExchange.Exchanged;
import cloud.stasis.gateway.volume.SnapshotVolume;
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
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Puts a server back to a snapshot. One step for its machine, since the agent does all of it next to the
/// disks; if it fails the agent has left the server as it was, and so do we. While it goes on the snapshot
/// cannot be deleted.
///
/// Its devices become those of the snapshot, too: volumes ([VolumeExchange]) and network interfaces come and go with
/// it.
///
/// What the server was becomes a safety snapshot, unless that was declined. The agent leaves its instant on the
/// host, which costs the revert next to nothing; [TakeSnapshot] brings it into the store afterwards.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | keep-volume-n | volume service | SnapshotVolume, of each that comes back | DropVolumeSnapshot |
/// | revert-instance | agent | RevertInstance | none: a failure leaves nothing half done |
public final class RevertServer implements Saga<RevertServer.Data> {
    private final InstanceTurns instances;
    private final SnapshotRows snapshots;
    private final Grants grants;
    private final TakeSnapshot takeSnapshot;
    private final VolumeExchange volumes;
    private final Plugged plugged;
    private final FormerFlavors flavors;
    private final Clock clock;

    public RevertServer(
            InstanceTurns instances,
            SnapshotRows snapshots,
            Grants grants,
            TakeSnapshot takeSnapshot,
            VolumeExchange volumes,
            Plugged plugged,
            FormerFlavors flavors,
            Clock clock) {
        this.instances = instances;
        this.snapshots = snapshots;
        this.grants = grants;
        this.takeSnapshot = takeSnapshot;
        this.volumes = volumes;
        this.plugged = plugged;
        this.flavors = flavors;
        this.clock = clock;
    }

    /// @param spec what the machine was made of then
    /// @param parts of the snapshot's bundle
    /// @param safety the snapshot of what the server was, if it is to be taken
    /// @param volumes that come and go
    /// @param reached what the machine did afterwards
    public record Data(
            InstanceId instance,
            HostId host,
            SnapshotId snapshot,
            InstanceSpec spec,
            List<Part> parts,
            MemoryChoice memory,
            AfterRevert resume,
            Optional<Safety> safety,
            Optional<Exchanged> volumes,
            Optional<PowerState> reached) {
        public Data {
            parts = List.copyOf(parts);
        }

        Exchanged exchanged() {
            return volumes.orElse(Exchanged.NONE);
        }

        SnapshotVolume.Data keeping(int which) {
            return exchanged().kept().get(which).taking();
        }

        Data reaching(PowerState power) {
            return new Data(instance, host, snapshot, spec, parts, memory, resume, safety, volumes, Optional.of(power));
        }
    }

    public record Safety(SnapshotId snapshot, TakeSnapshot.Origin origin) {}

    @Override
    public String name() {
        return "revert-server";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        List<Step<Data>> steps = new ArrayList<>();
        for (int at = 0; at < data.exchanged().kept().size(); at++) {
            int which = at;
            steps.add(Step.<Data>of("keep-volume-" + at, known -> SnapshotVolume.keep(known.keeping(which)))
                    .undoneBy(known -> SnapshotVolume.forget(known.keeping(which))));
        }
        steps.add(Step.<Data>of("revert-instance", this::revert)
                .bringing(CommandResult.Observed.class, (known, observed) -> known.reaching(observed.state())));
        return steps;
    }

    @Override
    public void progressed(Run<Data> run, Phase phase) {
        instances.phase(run.data().instance(), run.id(), phase);
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        Data data = run.data();
        PowerState power = data.reached().orElseThrow();
        instances.change(data.instance(), run.id(), instance -> madeAsThen(instance, data)
                .at(Optional.of(data.snapshot()), clock.instant())
                .in(instance.state().toReady(power), clock.instant()));
        plugged.settle(data.instance());
        release(run);
        Optional<SagaId> keeping = data.safety()
                .flatMap(safety -> snapshots.lock(safety.snapshot()))
                .map(safety -> SagaId.random());
        List<Start<?>> following = new ArrayList<>(
                volumes.completed(run, data.host(), data.instance(), data.spec(), data.exchanged(), keeping));
        keeping.flatMap(saga -> keep(data, saga)).ifPresent(following::add);
        return following;
    }

    /// If it has another size now than then, the flavor follows the machine.
    private Instance madeAsThen(Instance instance, Data data) {
        Instance made = instance.madeOf(data.spec(), clock.instant());
        if (data.spec().size().equals(instance.spec().size())) {
            return made;
        }
        return snapshots
                .find(data.snapshot())
                .flatMap(snapshot -> snapshot.sealed())
                .map(bundle -> flavors.of(bundle.manifest(), data.spec()))
                .map(flavor -> made.sized(flavor, data.spec().size(), clock.instant()))
                .orElse(made);
    }

    private Optional<Start<?>> keep(Data data, SagaId keeping) {
        Safety safety = data.safety().orElseThrow();
        return snapshots.lock(safety.snapshot()).map(snapshot -> {
            Snapshot kept = snapshot.in(new SnapshotState.Creating(keeping), clock.instant());
            snapshots.save(kept);
            return new Start<>(
                    keeping,
                    takeSnapshot,
                    TakeSnapshot.Data.of(kept, data.host(), TakeSnapshot.Moment.LEFT_BY_REVERT, safety.origin())
                            .freeing(data.exchanged().leaving()));
        });
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        release(run);
        run.data().safety().map(Safety::snapshot).ifPresent(snapshots::remove);
        volumes.undone(run, run.data().exchanged());
        plugged.settle(run.data().instance());
        instances.idle(run.data().instance(), run.id());
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        release(run);
        // It may be all that is left of what the server was.
        run.data()
                .safety()
                .flatMap(safety -> snapshots.lock(safety.snapshot()))
                .ifPresent(snapshot -> snapshots.save(snapshot.in(new SnapshotState.Failed(), clock.instant())));
        volumes.stuck(run, run.data().exchanged());
        plugged.settle(run.data().instance());
        instances.failed(run.data().instance(), run.id(), failure);
    }

    private void release(Run<Data> run) {
        snapshots
                .lock(run.data().snapshot())
                .filter(snapshot -> snapshot.isWorkedOnBy(run.id()))
                .ifPresent(snapshot -> snapshots.save(snapshot.in(new SnapshotState.Available(), clock.instant())));
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
                        data.safety().map(Safety::snapshot),
                        grants.toRead(data.instance())));
    }
}
