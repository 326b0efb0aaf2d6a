package cloud.stasis.cli.verb.store;

import cloud.stasis.cli.cloud.StoreUsage;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        description = {
            "Show what a project keeps in the store, and how much it may keep.",
            "\"kept\" is what images and snapshots hold as a guest sees them, and what is on its way; \"stored\" is what they"
                    + " take up, compressed, and what they share counted once."
        },
        footer = {"", "Examples:", "  stasis store-usage", "  stasis store-usage --project 0a1b2c3d"})
public final class StoreUsageShow extends Verb {
    @Option(names = "--project", paramLabel = "ID", description = "another project (administrators)")
    @Nullable
    private String project;

    public StoreUsageShow(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        StoreUsage usage = cloud().stores().usage(Optional.ofNullable(project));
        output().one(usage, UsageRows.of(usage));
        return ExitCode.OK;
    }
}
