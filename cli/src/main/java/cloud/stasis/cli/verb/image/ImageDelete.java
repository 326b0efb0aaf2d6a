package cloud.stasis.cli.verb.image;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(description = "Delete images. One that is still being made is cancelled.")
public final class ImageDelete extends Verb {
    @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "names or ids")
    private List<String> images = new ArrayList<>();

    public ImageDelete(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        return each(images, given -> cloud().images().delete(cloud().images().image(given)));
    }
}
