package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Compute.ServerFilter;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.LimitOption;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        description = "List servers.",
        footer = {
            "",
            "Examples:",
            "  stasis list",
            "  stasis list --status error",
            "  stasis list --json | jq -r '.[].name'"
        })
public final class ServerList extends Verb {
    @Option(names = "--all-tenants", description = "servers of every project (for administrators)")
    private boolean allTenants;

    @Option(names = "--name", paramLabel = "REGEX", description = "only those whose name matches")
    private @Nullable String name;

    @Option(names = "--status", paramLabel = "STATUS", description = "only those in this status, such as ERROR")
    private @Nullable String status;

    @Mixin
    private final LimitOption limit = new LimitOption();

    public ServerList(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        ServerFilter filter = new ServerFilter(Optional.ofNullable(name), Optional.ofNullable(status), allTenants);
        output().list(ServerColumns.LIST, rows(cloud().compute().servers(filter, limit.limit())));
        return ExitCode.OK;
    }
}
