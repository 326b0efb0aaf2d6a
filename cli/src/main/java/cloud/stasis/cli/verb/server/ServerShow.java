package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Devices.DiskStream;
import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = "Show a server, and how far its disks are if it runs while its image is fetched.",
        footer = {"", "Examples:", "  stasis show web-1", "  stasis show --json web-1 | jq -r .status"})
public final class ServerShow extends Verb {
    @Parameters(paramLabel = "SERVER", description = "name or id")
    private String server = "";

    public ServerShow(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Server found = cloud().compute().server(server);
        List<DiskStream> streams = cloud().devices().streams(found);
        output().one(found.with(streams), ServerColumns.details(found, streams));
        return ExitCode.OK;
    }
}
