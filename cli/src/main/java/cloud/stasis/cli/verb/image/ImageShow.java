package cloud.stasis.cli.verb.image;

import cloud.stasis.cli.cloud.Image;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.screen.Output.Property;
import cloud.stasis.cli.verb.PropertyRows;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = "Show an image.",
        footer = {"", "Examples:", "  stasis image-show nightly-1"})
public final class ImageShow extends Verb {
    @Parameters(paramLabel = "IMAGE", description = "name or id")
    private String image = "";

    public ImageShow(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Image found = cloud().images().image(image);
        List<Property> rows = new ArrayList<>(PropertyRows.of(found.json()));
        rows.addAll(cloud().stores().ofImage(found.id()).rows());
        output().one(found, rows);
        return ExitCode.OK;
    }
}
