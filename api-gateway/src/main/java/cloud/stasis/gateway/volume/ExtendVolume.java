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
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Makes a volume larger. Its row has the new size, and the quota is taken, from the start on; it is as it was if the
/// worker could not do it.
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | grow-volume | volume service, or agent | GrowVolume, or GrowAttached | none: it happens whole or not at all |
public final class ExtendVolume implements Saga<ExtendVolume.Data> {
    private final VolumeTurns volumes;
    private final Clock clock;

    public ExtendVolume(VolumeTurns volumes, Clock clock) {
        this.volumes = volumes;
        this.clock = clock;
    }

    /// @param opened the server that has the volume, if one does
    public record Data(
            VolumeId volume, BackendId backend, ByteCount before, ByteCount after, Optional<Opened> opened) {}

    @Override
    public String name() {
        return "extend-volume";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(Step.of("grow-volume", ExtendVolume::grow));
    }

    private static Request grow(Data data) {
        return data.opened()
                .map(at -> new Request(
                        Topics.commands(at.host()),
                        new ComputeCommand.GrowAttached(at.instance(), data.volume(), data.after())))
                .orElseGet(() -> new Request(
                        Topics.commands(data.backend()), new VolumeCommand.GrowVolume(data.volume(), data.after())));
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        change(run, run.data().after(), VolumeState::settled);
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        change(run, run.data().before(), VolumeState::settled);
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        change(run, run.data().after(), state -> new VolumeState.Failed());
    }

    private void change(Run<Data> run, ByteCount size, UnaryOperator<VolumeState> next) {
        volumes.alter(run, run.data().volume(), volume -> volume.sized(size, clock.instant())
                .in(next.apply(volume.state()), clock.instant()));
    }
}
