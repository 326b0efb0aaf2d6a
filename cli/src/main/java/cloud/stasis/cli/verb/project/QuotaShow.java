package cloud.stasis.cli.verb.project;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        description = {"Show how much of everything a project may have, and how much is in use."},
        footer = {"", "Examples:", "  stasis quota-show", "  stasis quota-show --project 0a1b2c3d"})
public final class QuotaShow extends Verb {
    @Option(
            names = {"--project", "--tenant"},
            paramLabel = "ID",
            description = "another project (administrators)")
    private @Nullable String project;

    public QuotaShow(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        QuotaView.show(cloud(), output(), project == null ? cloud().session().project() : project);
        return ExitCode.OK;
    }
}
