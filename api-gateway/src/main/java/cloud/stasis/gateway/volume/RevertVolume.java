package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.gateway.volume.VolumeBundle.Opened;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.Topics;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// A volume goes back to any snapshot of it; the snapshot stays. A server that has the volume and runs loses it
/// meanwhile. What the volume held becomes a safety snapshot before, unless its tenant declined; a volume has
/// only few of those, and the oldest go.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | keep | volume service or agent | SnapshotVolume or CutVolumes | DropVolumeSnapshot or DropCut |
/// | revert-volume | volume service or agent | RevertVolume or RevertAttached | none: all or nothing |
public final class RevertVolume implements Saga<RevertVolume.Data> {
    private final VolumeTurns volumes;
    private final VolumeSnapshots snapshots;
    private final VolumeSafety safety;
    private final Clock clock;

    public RevertVolume(VolumeTurns volumes, VolumeSnapshots snapshots, VolumeSafety safety, Clock clock) {
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.safety = safety;
        this.clock = clock;
    }

    /// @param opened the server that has the volume, if one does
    /// @param safety the snapshot that keeps what the volume holds before
    public record Data(
            VolumeId volume,
            SnapshotId snapshot,
            BackendId backend,
            Optional<Opened> opened,
            Optional<SnapshotId> safety) {
        SnapshotVolume.Data keeping() {
            return new SnapshotVolume.Data(safety.orElseThrow(), volume, backend, opened);
        }
    }

    @Override
    public String name() {
        return "revert-volume";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        Step<Data> keep = Step.<Data>of("keep", known -> SnapshotVolume.keep(known.keeping()))
                .undoneBy(known -> SnapshotVolume.forget(known.keeping()));
        Step<Data> goBack = Step.of("revert-volume", RevertVolume::goBack);
        return data.safety().isPresent() ? List.of(keep, goBack) : List.of(goBack);
    }

    private static Request goBack(Data data) {
        return data.opened()
                .map(at -> new Request(
                        Topics.commands(at.host()),
                        new ComputeCommand.RevertAttached(at.instance(), data.volume(), data.snapshot())))
                .orElseGet(() -> new Request(
                        Topics.commands(data.backend()),
                        new VolumeCommand.RevertVolume(data.volume(), data.snapshot())));
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        end(run, VolumeState::settled);
        Data data = run.data();
        return data.safety()
                .map(kept -> safety.kept(run, data.volume(), kept, data.opened()))
                .orElse(List.of());
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        end(run, VolumeState::settled);
        run.data().safety().ifPresent(kept -> safety.forgotten(run, kept));
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        end(run, state -> new VolumeState.Failed());
        run.data().safety().ifPresent(kept -> safety.stuck(run, kept));
    }

    private void end(Run<Data> run, UnaryOperator<VolumeState> next) {
        volumes.change(run, run.data().volume(), next);
        snapshots
                .lock(run.data().snapshot())
                .filter(snapshot -> snapshot.isWorkedOnBy(run.id()))
                .ifPresent(
                        snapshot -> snapshots.save(snapshot.in(new VolumeSnapshot.State.Available(), clock.instant())));
    }
}
