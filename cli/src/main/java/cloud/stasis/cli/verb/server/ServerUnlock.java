package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {"Unlock servers."},
        footer = {"", "Examples:", "  stasis unlock db-1"})
public final class ServerUnlock extends Verb {
    @Parameters(arity = "1..*", paramLabel = "SERVER", description = "names or ids")
    private List<String> servers = new ArrayList<>();

    public ServerUnlock(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        return each(servers, given -> {
            Server server = cloud().compute().server(given);
            cloud().compute().act(server, "unlock", NullNode.getInstance());
            output().say("Server " + given + " is not locked.");
            return cloud().compute().serverById(server.id()).orElse(server);
        });
    }
}
