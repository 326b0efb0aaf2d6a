package cloud.stasis.cli.verb.volume;

import cloud.stasis.cli.cloud.Begun;
import cloud.stasis.cli.cloud.Cloud;
import cloud.stasis.cli.cloud.Volume;
import cloud.stasis.cli.cloud.Volumes;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.verb.PropertyRows;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Make a volume: a blank one, or one that holds what an image, another volume or a snapshot of one does."
        },
        footer = {
            "",
            "Examples:",
            "  stasis volume-create --size 2 data",
            "  stasis volume-create --size 8 --image debian --volume-type fast --wait root",
            "  stasis volume-create --source-volume data copy-of-data",
            "  stasis volume-create --snapshot nightly data-then"
        })
public final class VolumeCreate extends Verb {
    @Parameters(paramLabel = "NAME", description = "name of the new volume")
    private String name = "";

    @Option(names = "--size", paramLabel = "GIB", description = "its size (that of its source)")
    private @Nullable Integer size;

    @ArgGroup(exclusive = true)
    private Origin origin = new Origin();

    @Option(names = "--volume-type", paramLabel = "TYPE", description = "name or id of its type (the usual one)")
    private @Nullable String type;

    @Mixin
    private final WaitOption wait = new WaitOption();

    static final class Origin {
        @Option(names = "--image", paramLabel = "IMAGE", description = "name or id of the image that it holds")
        private @Nullable String image;

        @Option(
                names = {"--source-volume", "--source-volid"},
                paramLabel = "VOLUME",
                description = "name or id of the volume of which it is a copy")
        private @Nullable String volume;

        @Option(
                names = {"--snapshot", "--snapshot-id"},
                paramLabel = "SNAPSHOT",
                description = "name or id of the snapshot of a volume that it holds")
        private @Nullable String snapshot;

        private Optional<Volumes.Source> source(Cloud cloud) {
            if (image != null) {
                return Optional.of(new Volumes.Source(
                        "imageRef", cloud.images().image(image).id()));
            }
            if (volume != null) {
                return Optional.of(new Volumes.Source(
                        "source_volid", cloud.volumes().volume(volume).id()));
            }
            return Optional.ofNullable(snapshot)
                    .map(given -> new Volumes.Source(
                            "snapshot_id", cloud.volumes().snapshot(given).id()));
        }
    }

    public VolumeCreate(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Optional<Volumes.Source> source = origin.source(cloud());
        if (size == null && (source.isEmpty() || source.get().field().equals("imageRef"))) {
            throw Failure.command("--size says how large it shall be; only copies of volumes know that themselves");
        }
        Begun<Volume> begun =
                cloud().volumes().create(name, Optional.ofNullable(size), source, Optional.ofNullable(type));
        Volume volume = begun.made();
        if (wait.waits(false)) {
            volume = tools().follower()
                    .through(
                            cloud().jobs().begunBy(begun.reply()),
                            name,
                            wait.limit(),
                            follower -> follower.volume(begun.made(), wait.limit()));
        }
        output().one(volume, PropertyRows.of(volume.json()));
        return ExitCode.OK;
    }
}
