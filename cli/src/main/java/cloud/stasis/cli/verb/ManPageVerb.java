package cloud.stasis.cli.verb;

import cloud.stasis.cli.failure.ExitCode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        description = "Print the manual page.",
        footer = {
            "",
            "Examples:",
            "  stasis man-page | man -l -",
            "  stasis man-page > /usr/local/share/man/man1/stasis.1"
        })
final class ManPageVerb extends Verb {
    @Spec
    private @Nullable CommandSpec spec;

    ManPageVerb(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        output().print(ManPage.of(Objects.requireNonNull(spec).root()));
        return ExitCode.OK;
    }
}
