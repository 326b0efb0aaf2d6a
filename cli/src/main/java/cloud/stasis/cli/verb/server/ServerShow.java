package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(description = "Show a server.")
public final class ServerShow extends Verb {
    @Parameters(paramLabel = "SERVER", description = "name or id")
    private String server = "";

    public ServerShow(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Server found = cloud().compute().server(server);
        output().one(found, ServerColumns.details(found));
        return ExitCode.OK;
    }
}
