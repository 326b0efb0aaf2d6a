package cloud.stasis.cli.verb.store;

import cloud.stasis.cli.cloud.StoreUsage;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = "Say how much a project may keep in the store (administrators).",
        footer = {"", "Examples:", "  stasis store-limit 0a1b2c3d --kept 500 --stored 200"})
public final class StoreLimit extends Verb {
    @Parameters(paramLabel = "PROJECT", description = "id of the project")
    private String project = "";

    @Option(names = "--kept", paramLabel = "GIB", description = "what images and snapshots may hold; -1 for no limit")
    @Nullable
    private Integer kept;

    @Option(names = "--stored", paramLabel = "GIB", description = "what they may take up; -1 for no limit")
    @Nullable
    private Integer stored;

    public StoreLimit(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        StoreUsage usage = cloud().stores().limit(project, Optional.ofNullable(kept), Optional.ofNullable(stored));
        output().one(usage, UsageRows.of(usage));
        return ExitCode.OK;
    }
}
