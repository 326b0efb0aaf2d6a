package cloud.stasis.cli.verb.image;

import cloud.stasis.cli.cloud.Image;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.PropertyRows;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(description = "Show an image.")
public final class ImageShow extends Verb {
    @Parameters(paramLabel = "IMAGE", description = "name or id")
    private String image = "";

    public ImageShow(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Image found = cloud().images().image(image);
        output().one(found, PropertyRows.of(found.json()));
        return ExitCode.OK;
    }
}
