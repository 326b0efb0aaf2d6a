package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.http.Reply;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Make the root disk of a server anew from an image. What was on it is gone; its volumes stay.",
            "With a snapshot (snapshot-create) before, there is a way back."
        },
        footer = {
            "",
            "Examples:",
            "  stasis rebuild --poll web-1 debian-13",
            "  stasis rebuild --name web-2 --meta role=web web-1 debian-13"
        })
public final class ServerRebuild extends Verb {
    @Parameters(index = "0", paramLabel = "SERVER", description = "name or id")
    private String server = "";

    @Parameters(index = "1", paramLabel = "IMAGE", description = "name or id")
    private String image = "";

    @Option(names = "--name", paramLabel = "NAME", description = "its new name (what it is called)")
    private @Nullable String name;

    @Option(names = "--description", paramLabel = "TEXT", description = "its new description")
    private @Nullable String description;

    @Option(
            names = "--meta",
            paramLabel = "KEY=VALUE",
            description = "metadata in place of what it has; may be repeated")
    private Map<String, String> metadata = new LinkedHashMap<>();

    @Mixin
    private final WaitOption wait = new WaitOption();

    public ServerRebuild(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Server found = cloud().compute().server(server);
        ObjectNode wanted =
                Json.object().put("imageRef", cloud().images().image(image).id());
        if (name != null) {
            wanted.put("name", name);
        }
        if (description != null) {
            wanted.put("description", description);
        }
        if (!metadata.isEmpty()) {
            ObjectNode pairs = wanted.putObject("metadata");
            metadata.forEach(pairs::put);
        }
        // A server that is shut off stays so.
        String reached = found.status().equals("SHUTOFF") ? "SHUTOFF" : "ACTIVE";
        Reply reply = cloud().compute().act(found, "rebuild", wanted);
        output().say("Request to rebuild server " + server + " has been accepted.");
        return work(wait, Patience.RETURNS, ServerWork.until(cloud(), found, reply, reached));
    }
}
