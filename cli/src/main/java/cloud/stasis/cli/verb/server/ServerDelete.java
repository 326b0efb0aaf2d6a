package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.follow.Subject;
import cloud.stasis.cli.http.Reply;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        description = "Delete servers. Their snapshots stay.",
        footer = {"", "Examples:", "  stasis delete web-1 web-2", "  stasis delete --wait web-1"})
public final class ServerDelete extends Verb {
    @Parameters(arity = "1..*", paramLabel = "SERVER", description = "names or ids")
    private List<String> servers = new ArrayList<>();

    @Mixin
    private final WaitOption wait = new WaitOption();

    public ServerDelete(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        return work(wait, Patience.RETURNS, servers, given -> {
            Server server = cloud().compute().server(given);
            Reply reply = cloud().compute().delete(server);
            output().say("Request to delete server " + given + " has been accepted.");
            return Work.of(server.name(), server, () -> cloud().jobs().begunBy(reply), (follower, limit) -> {
                follower.gone(Subject.of(cloud(), server), Server::faultAtRest, limit);
                return server;
            });
        });
    }
}
