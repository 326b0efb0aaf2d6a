package cloud.stasis.cli.follow;

import cloud.stasis.cli.cloud.Cloud;
import cloud.stasis.cli.cloud.Image;
import cloud.stasis.cli.cloud.Resource;
import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.cloud.StateBackup;
import cloud.stasis.cli.cloud.Volume;
import cloud.stasis.cli.cloud.VolumeSnapshot;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// Something that is asked for again and again until it is as it shall be.
///
/// @param kind the word for messages, such as `server`
/// @param title what its progress is called
/// @param look the command that shows it
/// @param ask empty when it is gone
/// @param words what it is doing
public record Subject<R extends Resource>(
        String kind, String id, String title, String look, Supplier<Optional<R>> ask, Function<R, String> words) {
    public static Subject<Server> of(Cloud cloud, Server server) {
        return new Subject<>(
                "server",
                server.id(),
                server.name(),
                "stasis show " + server.id(),
                () -> cloud.compute().serverById(server.id()),
                Server::doing);
    }

    /// @param title an image that was just asked for has no name that is known
    public static Subject<Image> ofImage(Cloud cloud, String id, String title) {
        return new Subject<>(
                "image",
                id,
                title,
                "stasis image-show " + id,
                () -> cloud.images().byId(id),
                Image::status);
    }

    public static Subject<Volume> of(Cloud cloud, Volume volume) {
        return new Subject<>(
                "volume",
                volume.id(),
                volume.name(),
                "stasis volume-show " + volume.id(),
                () -> cloud.volumes().byId(volume.id()),
                Volume::status);
    }

    public static Subject<VolumeSnapshot> of(Cloud cloud, VolumeSnapshot snapshot) {
        return new Subject<>(
                "volume snapshot",
                snapshot.id(),
                snapshot.name(),
                "stasis volume-snapshot-list",
                () -> cloud.volumes().snapshotById(snapshot.id()),
                VolumeSnapshot::status);
    }

    public static Subject<StateBackup> of(Cloud cloud, StateBackup backup) {
        return new Subject<>(
                "state backup",
                backup.id(),
                "state backup",
                "stasis state-list",
                () -> Optional.of(cloud.stateBackups().one(backup.id())),
                StateBackup::status);
    }

    /// As messages name it.
    String what() {
        return kind + " " + id;
    }

    String lastWords() {
        return "It goes on. Look at it:  " + look;
    }
}
