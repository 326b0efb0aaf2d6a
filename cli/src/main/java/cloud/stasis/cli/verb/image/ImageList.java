package cloud.stasis.cli.verb.image;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.LimitOption;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        description = "List images.",
        footer = {"", "Examples:", "  stasis image-list", "  stasis image-list --json | jq -r '.[].id'"})
public final class ImageList extends Verb {
    @Mixin
    private final LimitOption limit = new LimitOption();

    public ImageList(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        output().list(ImageColumns.LIST, rows(cloud().images().list(limit.limit())));
        return ExitCode.OK;
    }
}
