package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.saga.Run;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.util.function.UnaryOperator;

/// What sagas do to the row of a volume. Nothing happens to one that is gone or that another saga has taken
/// over.
public final class VolumeTurns {
    private final Volumes volumes;
    private final Clock clock;

    public VolumeTurns(Volumes volumes, Clock clock) {
        this.volumes = volumes;
        this.clock = clock;
    }

    /// The work is over, and the volume is as it was before.
    public void settle(Run<?> run, VolumeId volume) {
        change(run, volume, VolumeState::settled);
    }

    public void fail(Run<?> run, VolumeId volume) {
        change(run, volume, state -> new VolumeState.Failed());
    }

    public void change(Run<?> run, VolumeId id, UnaryOperator<VolumeState> next) {
        alter(run, id, volume -> volume.in(next.apply(volume.state()), clock.instant()));
    }

    public void alter(Run<?> run, VolumeId id, UnaryOperator<Volume> change) {
        volumes.lock(id)
                .filter(volume -> volume.isWorkedOnBy(run.id()))
                .ifPresent(volume -> volumes.save(change.apply(volume)));
    }
}
