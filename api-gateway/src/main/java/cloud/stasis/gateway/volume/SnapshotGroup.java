package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.model.ErrorReport;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// Keeps what all volumes of a group hold. Volumes of servers are cut at one instant, however many servers have
/// them, with file systems frozen where guests can; volumes that nobody has follow, since nobody changes them.
///
/// If a step fails all snapshots are in `error`, for the tenant to delete; what was taken goes with them.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | cut-1 | agent | CutVolumes, or CutTogether for several servers | none: deleting the group snapshot drops
/// what is there |
/// | or cut-1 ... n | agent of each host | CutTogether, held | ReleaseTogether, abandoned |
/// | and release | agent of each host | ReleaseTogether | |
/// | snapshot-1 ... n | volume service | SnapshotVolume | none, as above |
public final class SnapshotGroup implements Saga<GroupParts> {
    private final VolumeSnapshots snapshots;
    private final Shelf<GroupSnapshot> groups;
    private final Clock clock;

    public SnapshotGroup(VolumeSnapshots snapshots, Shelf<GroupSnapshot> groups, Clock clock) {
        this.snapshots = snapshots;
        this.groups = groups;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "snapshot-group";
    }

    @Override
    public Class<GroupParts> dataType() {
        return GroupParts.class;
    }

    @Override
    public List<Step<GroupParts>> steps(GroupParts data) {
        return data.taking();
    }

    @Override
    public List<Start<?>> completed(Run<GroupParts> run) {
        end(run, "available", new VolumeSnapshot.State.Available());
        return List.of();
    }

    @Override
    public void undone(Run<GroupParts> run, ErrorReport cause) {
        end(run, "error", new VolumeSnapshot.State.Failed());
    }

    @Override
    public void stuck(Run<GroupParts> run, ErrorReport failure) {
        undone(run, failure);
    }

    private void end(Run<GroupParts> run, String word, VolumeSnapshot.State state) {
        run.data().parts().forEach(part -> snapshots
                .lock(part.snapshot())
                .filter(snapshot -> snapshot.isWorkedOnBy(run.id()))
                .ifPresent(snapshot -> snapshots.save(snapshot.in(state, clock.instant()))));
        groups.lock(run.data().key())
                .filter(group -> group.worker().filter(run.id()::equals).isPresent())
                .ifPresent(group -> groups.save(group.in(word, Optional.empty())));
    }
}
