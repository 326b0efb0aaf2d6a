package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.http.Reply;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Brings servers from one state into another. The verbs differ only in a word each.
@Command
public final class ServerChange extends Verb {
    public enum Change {
        START("os-start", "ACTIVE", "Start servers that are shut off."),
        STOP("os-stop", "SHUTOFF", "Shut servers down."),
        PAUSE("pause", "PAUSED", "Stop servers' processors; everything stays in memory."),
        UNPAUSE("unpause", "ACTIVE", "Let paused servers go on."),
        SUSPEND("suspend", "SUSPENDED", "Save servers' memory to disk and free it."),
        RESUME("resume", "ACTIVE", "Let suspended servers go on."),
        SHELVE("shelve", "SHELVED_OFFLOADED", "Take servers off their hosts; their disks become images."),
        UNSHELVE("unshelve", "ACTIVE", "Put shelved servers on hosts again and start them."),
        RESIZE_CONFIRM("confirmResize", Change.AS_IT_IS, "Let servers keep the flavors that a resize gave them."),
        RESIZE_REVERT(
                "revertResize",
                Change.AS_IT_IS,
                "Give servers the flavors and own disks back that they had before a resize."),
        RESCUE("rescue", "RESCUE", "Start servers from a fresh disk of their image, beside their own."),
        UNRESCUE("unrescue", "ACTIVE", "Start rescued servers from their own disks again.");

        /// It runs afterwards if it does now.
        private static final String AS_IT_IS = "";

        private final String action;
        private final String reached;
        private final String description;

        Change(String action, String reached, String description) {
            this.action = action;
            this.reached = reached;
            this.description = description;
        }

        String reached(Server server) {
            if (reached.equals(AS_IT_IS)) {
                return server.powerState().equals("Running") ? "ACTIVE" : "SHUTOFF";
            }
            return reached;
        }

        String verb() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final Change change;

    @Parameters(arity = "1..*", paramLabel = "SERVER", description = "names or ids")
    private List<String> servers = new ArrayList<>();

    @Mixin
    private final WaitOption wait = new WaitOption();

    public ServerChange(Tools tools, Change change) {
        super(tools);
        this.change = change;
    }

    public String description() {
        return change.description;
    }

    public String[] examples() {
        return new String[] {
            "", "Examples:", "  stasis " + change.verb() + " web-1 web-2", "  stasis " + change.verb() + " --wait web-1"
        };
    }

    @Override
    protected ExitCode run() {
        return work(wait, Patience.RETURNS, servers, given -> {
            Server server = cloud().compute().server(given);
            Reply reply = cloud().compute().act(server, change.action, NullNode.getInstance());
            output().say("Request to " + change.verb() + " server " + given + " has been accepted.");
            return ServerWork.until(cloud(), server, reply, change.reached(server));
        });
    }
}
