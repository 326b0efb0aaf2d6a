package cloud.stasis.cli.verb.protection;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.cloud.Protections.Way;
import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Let a server go on where its standby is. Its host hands it over, and nothing is lost.",
            "With --unplanned it goes on from the last complete epoch, once its host surely does not run it any more:",
            "at once if that host can say so, else after its lease, some 20 seconds after it was last heard of."
        },
        footer = {
            "",
            "Examples:",
            "  stasis failover web-1",
            "  stasis failover --unplanned web-1",
            "  stasis protect --host host-1 web-1 && stasis failover web-1    # and back"
        })
public final class Failover extends Verb {
    @Parameters(paramLabel = "SERVER", description = "name or id")
    private String server = "";

    @Option(names = "--unplanned", description = "do not ask its host to hand it over")
    private boolean unplanned;

    @Mixin
    private final WaitOption wait = new WaitOption();

    public Failover(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Server of = cloud().compute().server(server);
        Job job = cloud().protections().failOver(of, unplanned ? Way.UNPLANNED : Way.PLANNED);
        return work(wait, Patience.WAITS, Work.of(job, "failover of " + of.name()));
    }
}
