package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.screen.Format;
import cloud.stasis.cli.screen.Output.Property;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {"Set or delete metadata of a server. Policies choose servers by it."},
        footer = {"", "Examples:", "  stasis meta web-1 set tier=gold owner=ops", "  stasis meta web-1 delete owner"})
public final class ServerMeta extends Verb {
    @Parameters(index = "0", paramLabel = "SERVER", description = "name or id")
    private String server = "";

    /// What is done with them.
    public enum Action {
        SET,
        DELETE
    }

    @Parameters(index = "1", paramLabel = "ACTION", description = "set or delete")
    private Action action = Action.SET;

    @Parameters(index = "2..*", arity = "1..*", paramLabel = "KEY=VALUE", description = "or KEY alone, to delete")
    private List<String> pairs = new ArrayList<>();

    public ServerMeta(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Server of = cloud().compute().server(server);
        JsonNode metadata =
                switch (action) {
                    case SET -> cloud().compute().addMetadata(of, parsed());
                    case DELETE -> {
                        pairs.forEach(pair -> cloud().compute().removeMetadata(of, key(pair)));
                        yield cloud().compute().metadata(of);
                    }
                };
        if (output().format() == Format.TABLE) {
            List<Property> rows = new ArrayList<>();
            metadata.properties()
                    .forEach(entry -> rows.add(
                            new Property(entry.getKey(), entry.getValue().asText())));
            output().properties(rows);
        } else {
            output().document(metadata);
        }
        return ExitCode.OK;
    }

    private ObjectNode parsed() {
        ObjectNode added = Json.object();
        for (String pair : pairs) {
            if (!pair.contains("=")) {
                throw Failure.command("'" + pair + "' is not KEY=VALUE");
            }
            added.put(key(pair), pair.substring(pair.indexOf('=') + 1));
        }
        return added;
    }

    private static String key(String pair) {
        int equals = pair.indexOf('=');
        return equals < 0 ? pair : pair.substring(0, equals);
    }
}
