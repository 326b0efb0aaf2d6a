package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.Topics;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.util.List;

/// Forgets a snapshot of a volume. There is no way back from the start on.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | drop-snapshot | volume service | DropVolumeSnapshot | none, forward only |
public final class DeleteVolumeSnapshot implements Saga<DeleteVolumeSnapshot.Data> {
    private final VolumeSnapshots snapshots;
    private final Clock clock;

    public DeleteVolumeSnapshot(VolumeSnapshots snapshots, Clock clock) {
        this.snapshots = snapshots;
        this.clock = clock;
    }

    public record Data(SnapshotId snapshot, VolumeId volume, BackendId backend) {}

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
                        known -> new Request(
                                Topics.commands(known.backend()),
                                new VolumeCommand.DropVolumeSnapshot(known.volume(), known.snapshot())))
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
