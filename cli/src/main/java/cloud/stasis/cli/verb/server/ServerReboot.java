package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.http.Reply;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = "Reboot servers, by asking the guest or, with --hard, by force.",
        footer = {"", "Examples:", "  stasis reboot --poll web-1", "  stasis reboot --hard web-1"})
public final class ServerReboot extends Verb {
    @Parameters(arity = "1..*", paramLabel = "SERVER", description = "names or ids")
    private List<String> servers = new ArrayList<>();

    @Option(names = "--hard", description = "as if the power was cut and came back")
    private boolean hard;

    @Mixin
    private final WaitOption wait = new WaitOption();

    public ServerReboot(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        return work(wait, Patience.RETURNS, servers, given -> {
            Server server = cloud().compute().server(given);
            Reply reply = cloud().compute().act(server, "reboot", Json.object().put("type", hard ? "HARD" : "SOFT"));
            output().say("Request to reboot server " + given + " has been accepted.");
            return ServerWork.until(cloud(), server, reply, "ACTIVE");
        });
    }
}
