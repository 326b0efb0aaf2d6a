package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(description = "Delete servers. Their snapshots stay.")
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
        return each(servers, given -> {
            Server server = cloud().compute().server(given);
            cloud().compute().delete(server);
            output().say("Request to delete server " + given + " has been accepted.");
            if (wait.waits(false)) {
                tools().follower().deleted(server, wait.limit());
            }
        });
    }
}
