package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {"Give a server another name. Its guest's host name stays."},
        footer = {"", "Examples:", "  stasis rename web-1 web-old"})
public final class ServerRename extends Verb {
    @Parameters(index = "0", paramLabel = "SERVER", description = "name or id")
    private String server = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "its new name")
    private String name = "";

    public ServerRename(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Server renamed = cloud().compute().rename(cloud().compute().server(server), name);
        output().one(renamed, ServerColumns.details(renamed, List.of()));
        return ExitCode.OK;
    }
}
