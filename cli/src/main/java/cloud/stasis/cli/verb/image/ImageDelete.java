package cloud.stasis.cli.verb.image;

import cloud.stasis.cli.cloud.Image;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.follow.Subject;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        description = "Delete images. One that is still being made is cancelled.",
        footer = {"", "Examples:", "  stasis image-delete nightly-1 nightly-2"})
public final class ImageDelete extends Verb {
    @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "names or ids")
    private List<String> images = new ArrayList<>();

    @Mixin
    private final WaitOption wait = new WaitOption();

    public ImageDelete(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        return work(wait, Patience.RETURNS, images, given -> {
            Image image = cloud().images().image(given);
            cloud().images().delete(image);
            output().say("Request to delete image " + given + " has been accepted.");
            // Deleting is no job of its own, and done at once unless the image is still being made.
            return Work.of(given, image, Optional::empty, (follower, limit) -> {
                follower.gone(Subject.ofImage(cloud(), image.id(), given), _ -> Optional.empty(), limit);
                return image;
            });
        });
    }
}
