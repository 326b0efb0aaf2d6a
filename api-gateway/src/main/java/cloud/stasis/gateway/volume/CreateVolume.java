package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.fleet.Grants;
import cloud.stasis.gateway.saga.Request;
import cloud.stasis.gateway.saga.Run;
import cloud.stasis.gateway.saga.Saga;
import cloud.stasis.gateway.saga.Start;
import cloud.stasis.gateway.saga.Step;
import cloud.stasis.messages.Topics;
import cloud.stasis.messages.VolumeCommand;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.VolumeId;
import java.util.List;
import java.util.Optional;

/// Makes a volume: blank, as a copy, of an image or of a backup. Its row is there from the start, in
/// `creating`; it becomes `available`, or `error` if the backend could not make it (deleting it then is the
/// tenant's next step, as in Cinder).
///
/// | step | worker | command | undo |
/// |---|---|---|---|
/// | create-volume | volume service | CreateVolume, CloneVolume or FillVolume | DeleteVolume |
public final class CreateVolume implements Saga<CreateVolume.Data> {
    private final VolumeTurns volumes;
    private final Grants grants;

    public CreateVolume(VolumeTurns volumes, Grants grants) {
        this.volumes = volumes;
        this.grants = grants;
    }

    /// @param copied the volume that it is a copy of, if it is one
    /// @param content what it begins with, if it is made of an image or a backup; blank without both
    public record Data(
            VolumeId volume, BackendId backend, ByteCount size, Optional<Copied> copied, Optional<Content> content) {}

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
                Step.<Data>of("create-volume", known -> making(known, grants)).undoneBy(CreateVolume::unmaking));
    }

    @Override
    public List<Start<?>> completed(Run<Data> run) {
        volumes.change(run, run.data().volume(), state -> new VolumeState.Available());
        return List.of();
    }

    @Override
    public void undone(Run<Data> run, ErrorReport cause) {
        volumes.fail(run, run.data().volume());
    }

    @Override
    public void stuck(Run<Data> run, ErrorReport failure) {
        volumes.fail(run, run.data().volume());
    }

    /// Also for sagas that make a volume as one of their steps.
    public static Request making(Data data, Grants grants) {
        return new Request(Topics.commands(data.backend()), command(data, grants));
    }

    public static Request unmaking(Data data) {
        return new Request(Topics.commands(data.backend()), new VolumeCommand.DeleteVolume(data.volume()));
    }

    private static VolumeCommand command(Data data, Grants grants) {
        if (data.copied().isPresent()) {
            Copied from = data.copied().get();
            return new VolumeCommand.CloneVolume(data.volume(), data.size(), from.source(), from.snapshot());
        }
        return data.content()
                .<VolumeCommand>map(content ->
                        new VolumeCommand.FillVolume(data.volume(), data.size(), content, grants.toRead(data.volume())))
                .orElseGet(() -> new VolumeCommand.CreateVolume(data.volume(), data.size()));
    }
}
