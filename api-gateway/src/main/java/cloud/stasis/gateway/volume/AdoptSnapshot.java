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
import cloud.stasis.model.SourceName;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.util.List;

/// Lets a file that an operator put beside the backend's volumes be what a volume held at a snapshot.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | adopt-snapshot | volume service | AdoptSnapshot | none: one that fails leaves the file |
public final class AdoptSnapshot implements Saga<AdoptSnapshot.Data> {
    private final VolumeSnapshots snapshots;
    private final Clock clock;

    public AdoptSnapshot(VolumeSnapshots snapshots, Clock clock) {
        this.snapshots = snapshots;
        this.clock = clock;
    }

    public record Data(SnapshotId snapshot, VolumeId volume, BackendId backend, SourceName source) {}

    @Override
    public String name() {
        return "adopt-snapshot";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.of(
                "adopt-snapshot",
                known -> new Request(
                        Topics.commands(known.backend()),
                        new VolumeCommand.AdoptSnapshot(known.volume(), known.snapshot(), known.source()))));
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
