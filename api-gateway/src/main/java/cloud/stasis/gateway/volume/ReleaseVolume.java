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

/// Makes a file of a volume, beside the volumes of its backend, and forgets the volume.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | release-volume | volume service | ReleaseVolume | none: one that fails leaves the volume |
public final class ReleaseVolume implements Saga<ReleaseVolume.Data> {
    private final VolumeTurns volumes;
    private final Clock clock;

    public ReleaseVolume(VolumeTurns volumes, Clock clock) {
        this.volumes = volumes;
        this.clock = clock;
    }

    public record Data(VolumeId volume, BackendId backend) {}

    @Override
    public String name() {
        return "release-volume";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.of(
                "release-volume",
                known -> new Request(
                        Topics.commands(known.backend()), new VolumeCommand.ReleaseVolume(known.volume()))));
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        volumes.alter(run, run.data().volume(), volume -> volume.deleted(clock.instant()));
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        volumes.settle(run, run.data().volume());
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        volumes.fail(run, run.data().volume());
    }
}
