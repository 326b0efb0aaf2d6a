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

/// Forgets a snapshot of a volume. There is no way back from the start on.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | drop-snapshot | volume service, or agent | DropVolumeSnapshot, or DropCut | none, forward only |
public final class DeleteVolumeSnapshot implements Saga<DeleteVolumeSnapshot.Data> {
    private final VolumeSnapshots snapshots;
    private final Clock clock;

    public DeleteVolumeSnapshot(VolumeSnapshots snapshots, Clock clock) {
        this.snapshots = snapshots;
        this.clock = clock;
    }

    /// @param opened the server that has the volume, if one does
    public record Data(SnapshotId snapshot, VolumeId volume, BackendId backend, Optional<Opened> opened) {}

    /// The command that forgets a snapshot, to whom it concerns.
    static Request drop(VolumeId volume, SnapshotId snapshot, BackendId backend, Optional<Opened> opened) {
        return opened.map(at -> new Request(
                        Topics.commands(at.host()), new ComputeCommand.DropCut(at.instance(), volume, snapshot)))
                .orElseGet(() ->
                        new Request(Topics.commands(backend), new VolumeCommand.DropVolumeSnapshot(volume, snapshot)));
    }

    @Override
    public String name() {
        return "delete-volume-snapshot";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.<Data>of(
                        "drop-snapshot",
                        known -> drop(known.volume(), known.snapshot(), known.backend(), known.opened()))
                .forwardOnly());
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        snapshots.lock(run.data().snapshot()).ifPresent(snapshot -> snapshots.save(snapshot.deleted(clock.instant())));
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        throw new IllegalStateException("the deletion of a snapshot is never undone");
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        snapshots
                .lock(run.data().snapshot())
                .ifPresent(snapshot -> snapshots.save(
                        snapshot.in(new VolumeSnapshot.State.Marked("error_deleting", "0%"), clock.instant())));
    }
}
