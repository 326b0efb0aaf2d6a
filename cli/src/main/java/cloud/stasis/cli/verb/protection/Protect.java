package cloud.stasis.cli.verb.protection;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Keep a standby of a running server on another host, memory and disks, at most an interval behind.",
            "If its host is lost, the server goes on there by itself. Said of a server that has a standby, it changes",
            "how that is kept."
        },
        footer = {
            "",
            "Examples:",
            "  stasis protect web-1",
            "  stasis protect --interval 200ms --output held web-1",
            "  stasis protect --manual web-1"
        })
public final class Protect extends Verb {
    @Parameters(paramLabel = "SERVER", description = "name or id")
    private String server = "";

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            description = "from one epoch to the next, 100ms to 10m; 1s if never said")
    private @Nullable Duration interval;

    @Option(
            names = "--output",
            paramLabel = "HOW",
            description = "held: what the server sends leaves once its standby has the epoch; free: at once (usual)")
    private @Nullable Sending output;

    @ArgGroup
    private @Nullable Who who;

    @Option(names = "--host", paramLabel = "HOST", description = "of the standby (administrators)")
    private @Nullable String host;

    @Mixin
    private final WaitOption wait = new WaitOption();

    enum Sending {
        HELD,
        FREE
    }

    /// One of the two.
    static final class Who {
        @Option(names = "--automatic", description = "it fails over by itself when its host is lost (usual)")
        private boolean itself;

        @Option(names = "--manual", description = "it fails over only when told to")
        private boolean told;
    }

    public Protect(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        ObjectNode terms = Json.object();
        if (interval != null) {
            terms.put("interval_ms", interval.toMillis());
        }
        if (output != null) {
            terms.put("output", output.name().toLowerCase(Locale.ROOT));
        }
        if (who != null) {
            terms.put("automatic", who.itself && !who.told);
        }
        if (host != null) {
            terms.put("host", host);
        }
        Server of = cloud().compute().server(server);
        Job job = cloud().protections().protect(of, terms);
        return work(wait, Patience.WAITS, Work.of(job, "protection of " + of.name()));
    }
}
