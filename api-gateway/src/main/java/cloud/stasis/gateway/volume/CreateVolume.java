package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.Topics;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.VolumeId;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// Makes a volume, blank or as a copy. Its row is there from the start, in `creating`; it becomes `available`, or
/// `error` if the backend could not make it (deleting it then is the tenant's next step, as in Cinder).
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | create-volume | volume service | CreateVolume or CloneVolume | DeleteVolume |
public final class CreateVolume implements Saga<CreateVolume.Data> {
    private final Volumes volumes;
    private final Clock clock;

    public CreateVolume(Volumes volumes, Clock clock) {
        this.volumes = volumes;
        this.clock = clock;
    }

    /// @param copied empty for a blank one
    public record Data(VolumeId volume, BackendId backend, ByteCount size, Optional<Copied> copied) {
        VolumeCommand command() {
            return copied.<VolumeCommand>map(
                            from -> new VolumeCommand.CloneVolume(volume, size, from.source(), from.snapshot()))
                    .orElseGet(() -> new VolumeCommand.CreateVolume(volume, size));
        }
    }

    /// What it is a copy of: a volume as it is now, or as it was at a snapshot.
    public record Copied(VolumeId source, Optional<SnapshotId> snapshot) {}

    @Override
    public String name() {
        return "create-volume";
    }

    @Override
    public Class<Data> dataType() {
        return Data.class;
    }

    @Override
    public List<Step<Data>> steps(Data data) {
        return List.of(
                Step.<Data>of("create-volume", known -> new Request(Topics.commands(known.backend()), known.command()))
                        .undoneBy(known -> new Request(
                                Topics.commands(known.backend()), new VolumeCommand.DeleteVolume(known.volume()))));
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        change(run, new VolumeState.Available());
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        change(run, new VolumeState.Failed());
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        change(run, new VolumeState.Failed());
    }

    private void change(Run<Data> run, VolumeState next) {
        volumes.lock(run.data().volume())
                .filter(volume -> volume.isWorkedOnBy(run.id()))
                .ifPresent(volume -> volumes.save(volume.in(next, clock.instant())));
    }
}
