package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.LimitOption;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        description = "List servers.",
        footer = {"", "Examples:", "  stasis list", "  stasis list --json | jq -r '.[].name'"})
public final class ServerList extends Verb {
    @Option(names = "--all-tenants", description = "servers of every project (for administrators)")
    private boolean allTenants;

    @Mixin
    private final LimitOption limit = new LimitOption();

    public ServerList(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        output().list(ServerColumns.LIST, rows(cloud().compute().servers(limit.limit(), allTenants)));
        return ExitCode.OK;
    }
}
