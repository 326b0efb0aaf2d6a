package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Flavor;
import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.http.Reply;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        description = "Give a server another flavor. Settle it with resize-confirm, or take it back, with what its own"
                + " disks held, with resize-revert.",
        footer = {"", "Examples:", "  stasis resize --poll web-1 m1.small", "  stasis resize-confirm web-1"})
public final class ServerResize extends Verb {
    @Parameters(index = "0", paramLabel = "SERVER", description = "its name or id")
    private String server = "";

    @Parameters(index = "1", paramLabel = "FLAVOR", description = "name or id of its new flavor")
    private String flavor = "";

    @Mixin
    private final WaitOption wait = new WaitOption();

    public ServerResize(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Server found = cloud().compute().server(server);
        Flavor wanted = cloud().compute().flavor(flavor);
        Reply reply = cloud().compute().act(found, "resize", Json.object().put("flavorRef", wanted.id()));
        output().say("Request to resize server " + server + " has been accepted.");
        return work(wait, Patience.RETURNS, ServerWork.until(cloud(), found, reply, "VERIFY_RESIZE"));
    }
}
