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

/// Keeps what a volume that nobody has attached holds now.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | snapshot-volume | volume service | SnapshotVolume | DropVolumeSnapshot |
public final class SnapshotVolume implements Saga<SnapshotVolume.Data> {
    private final VolumeSnapshots snapshots;
    private final Clock clock;

    public SnapshotVolume(VolumeSnapshots snapshots, Clock clock) {
        this.snapshots = snapshots;
        this.clock = clock;
    }

    public record Data(SnapshotId snapshot, VolumeId volume, BackendId backend) {}

    @Override
    public String name() {
        return "snapshot-volume";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.<Data>of(
                        "snapshot-volume",
                        known -> new Request(
                                Topics.commands(known.backend()),
                                new VolumeCommand.SnapshotVolume(known.volume(), known.snapshot())))
                .undoneBy(known -> new Request(
                        Topics.commands(known.backend()),
                        new VolumeCommand.DropVolumeSnapshot(known.volume(), known.snapshot()))));
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        change(run, new VolumeSnapshot.State.Available());
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        change(run, new VolumeSnapshot.State.Failed());
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        change(run, new VolumeSnapshot.State.Failed());
    }

    private void change(Run<Data> run, VolumeSnapshot.State next) {
        snapshots
                .lock(run.data().snapshot())
                .filter(snapshot -> snapshot.isWorkedOnBy(run.id()))
                .ifPresent(snapshot -> snapshots.save(snapshot.in(next, clock.instant())));
    }
}
