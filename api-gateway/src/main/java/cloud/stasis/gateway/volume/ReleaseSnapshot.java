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
import java.util.function.UnaryOperator;

/// Makes a file of what a snapshot of a volume shows, beside the volumes of its backend, and forgets the snapshot.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | release-snapshot | volume service | ReleaseSnapshot | none: one that fails leaves the snapshot |
public final class ReleaseSnapshot implements Saga<ReleaseSnapshot.Data> {
    private final VolumeSnapshots snapshots;
    private final Clock clock;

    public ReleaseSnapshot(VolumeSnapshots snapshots, Clock clock) {
        this.snapshots = snapshots;
        this.clock = clock;
    }

    public record Data(SnapshotId snapshot, VolumeId volume, BackendId backend) {}

    @Override
    public String name() {
        return "release-snapshot";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.of(
                "release-snapshot",
                known -> new Request(
                        Topics.commands(known.backend()),
                        new VolumeCommand.ReleaseSnapshot(known.volume(), known.snapshot()))));
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        change(run, snapshot -> snapshot.deleted(clock.instant()));
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        change(run, snapshot -> snapshot.in(new VolumeSnapshot.State.Available(), clock.instant()));
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        change(run, snapshot -> snapshot.in(new VolumeSnapshot.State.Failed(), clock.instant()));
    }

    private void change(Run<Data> run, UnaryOperator<VolumeSnapshot> next) {
        snapshots
                .lock(run.data().snapshot())
                .filter(snapshot -> snapshot.isWorkedOnBy(run.id()))
                .ifPresent(snapshot -> snapshots.save(next.apply(snapshot)));
    }
}
