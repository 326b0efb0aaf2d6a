package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.model.ErrorReport;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// Forgets a snapshot of a group with all its snapshots of volumes. There is no way back from the start on.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | drop-1 ... n | volume service or agent | DropVolumeSnapshot or DropCut | none, forward only |
public final class DeleteGroupSnapshot implements Saga<GroupParts> {
    private final VolumeSnapshots snapshots;
    private final Shelf<GroupSnapshot> groups;
    private final Clock clock;

    public DeleteGroupSnapshot(VolumeSnapshots snapshots, Shelf<GroupSnapshot> groups, Clock clock) {
        this.snapshots = snapshots;
        this.groups = groups;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "delete-group-snapshot";
    }

    @Override
    public Class<GroupParts> dataType() {
        return GroupParts.class;
    }

    @Override
    public List<Step<GroupParts>> steps(GroupParts data) {
        return data.dropping();
    }

    @Override
    public List<Start<?>> completed(Run<GroupParts> run) {
        run.data().parts().forEach(part -> snapshots
                .lock(part.snapshot())
                .ifPresent(snapshot -> snapshots.save(snapshot.deleted(clock.instant()))));
        groups.remove(run.data().key());
        return List.of();
    }

    @Override
    public void undone(Run<GroupParts> run, ErrorReport cause) {
        throw new IllegalStateException("the deletion of a group snapshot is never undone");
    }

    @Override
    public void stuck(Run<GroupParts> run, ErrorReport failure) {
        run.data().parts().forEach(part -> snapshots
                .lock(part.snapshot())
                .ifPresent(snapshot -> snapshots.save(
                        snapshot.in(new VolumeSnapshot.State.Marked("error_deleting", "0%"), clock.instant()))));
        groups.lock(run.data().key()).ifPresent(group -> groups.save(group.in("error_deleting", Optional.empty())));
    }
}
