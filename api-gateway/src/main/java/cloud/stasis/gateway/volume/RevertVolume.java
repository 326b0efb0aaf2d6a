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
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
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
    /// Safety snapshots of one volume that are kept.
    static final int KEPT = 3;

    private final VolumeTurns volumes;
    private final VolumeSnapshots snapshots;
    private final DeleteVolumeSnapshot deleteSnapshot;
    private final Clock clock;

    public RevertVolume(
            VolumeTurns volumes, VolumeSnapshots snapshots, DeleteVolumeSnapshot deleteSnapshot, Clock clock) {
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.deleteSnapshot = deleteSnapshot;
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
        safety(run, snapshot -> snapshot.in(new VolumeSnapshot.State.Available(), clock.instant()));
        return superfluous(run.data());
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        end(run, VolumeState::settled);
        safety(run, snapshot -> snapshot.deleted(clock.instant()));
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        end(run, state -> new VolumeState.Failed());
        safety(run, snapshot -> snapshot.in(new VolumeSnapshot.State.Failed(), clock.instant()));
    }

    private void safety(Run<Data> run, UnaryOperator<VolumeSnapshot> next) {
        run.data()
                .safety()
                .flatMap(snapshots::lock)
                .filter(snapshot -> snapshot.isWorkedOnBy(run.id()))
                .ifPresent(snapshot -> snapshots.save(next.apply(snapshot)));
    }

    /// Begins to forget those that are too many.
    private List<Start<?>> superfluous(Data data) {
        List<VolumeSnapshot> kept = snapshots.lockAllOf(data.volume()).stream()
                .filter(snapshot -> snapshot.isSafety() && snapshot.state() instanceof VolumeSnapshot.State.Available)
                .sorted(Comparator.comparing(VolumeSnapshot::createdAt).reversed())
                .toList();
        List<Start<?>> deletions = new ArrayList<>();
        for (VolumeSnapshot old : kept.subList(Math.min(KEPT, kept.size()), kept.size())) {
            SagaId deletion = SagaId.random();
            snapshots.save(old.in(new VolumeSnapshot.State.Deleting(deletion), clock.instant()));
            deletions.add(new Start<>(
                    deletion,
                    deleteSnapshot,
                    new DeleteVolumeSnapshot.Data(old.id(), old.volume(), old.backend(), data.opened())));
        }
        return deletions;
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
