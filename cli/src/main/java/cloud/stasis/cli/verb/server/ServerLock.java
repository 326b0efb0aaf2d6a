package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {"Lock servers: until they are unlocked, only administrators change them."},
        footer = {"", "Examples:", "  stasis lock --reason 'until the audit is over' db-1"})
public final class ServerLock extends Verb {
    @Parameters(arity = "1..*", paramLabel = "SERVER", description = "names or ids")
    private List<String> servers = new ArrayList<>();

    @Option(names = "--reason", paramLabel = "TEXT", description = "why; it is shown with the server")
    private @Nullable String reason;

    public ServerLock(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        return each(servers, given -> {
            Server server = cloud().compute().server(given);
            ObjectNode why = Json.object();
            if (reason != null) {
                why.put("locked_reason", reason);
            }
            cloud().compute().act(server, "lock", reason == null ? NullNode.getInstance() : why);
            output().say("Server " + given + " is locked.");
            return cloud().compute().serverById(server.id()).orElse(server);
        });
    }
}
