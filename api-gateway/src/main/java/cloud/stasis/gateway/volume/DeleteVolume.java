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
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.util.List;

/// Deletes a volume that nobody has attached. There is no way back from the start on: what is half deleted is of
/// no use to anybody.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | delete-volume | volume service | DeleteVolume | none, forward only |
public final class DeleteVolume implements Saga<DeleteVolume.Data> {
    private final Volumes volumes;
    private final VolumeSnapshots snapshots;
    private final Shelf<Claim> claims;
    private final Clock clock;

    public DeleteVolume(Volumes volumes, VolumeSnapshots snapshots, Shelf<Claim> claims, Clock clock) {
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.claims = claims;
        this.clock = clock;
    }

    public record Data(VolumeId volume, BackendId backend) {}

    @Override
    public String name() {
        return "delete-volume";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.<Data>of(
                        "delete-volume",
                        known -> new Request(
                                Topics.commands(known.backend()), new VolumeCommand.DeleteVolume(known.volume())))
                .forwardOnly());
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        volumes.lock(run.data().volume()).ifPresent(volume -> volumes.save(volume.deleted(clock.instant())));
        claims.of(run.data().volume()).forEach(claim -> claims.remove(claim.key()));
        // With the volume went what it held before.
        snapshots.lockAllOf(run.data().volume()).forEach(snapshot -> snapshots.save(snapshot.deleted(clock.instant())));
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        throw new IllegalStateException("the deletion of a volume is never undone");
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        volumes.lock(run.data().volume())
                .ifPresent(volume -> volumes.save(volume.in(new VolumeState.Failed(), clock.instant())));
        // Else nobody could ask for the deletion again.
        snapshots.lockAllOf(run.data().volume()).stream()
                .filter(snapshot -> snapshot.isWorkedOnBy(run.id()))
                .forEach(snapshot -> snapshots.save(snapshot.in(new VolumeSnapshot.State.Failed(), clock.instant())));
    }
}
