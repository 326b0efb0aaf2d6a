package cloud.stasis.cli.verb.protection;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        description = "Keep no standby of a server any more. The server goes on.",
        footer = {"", "Examples:", "  stasis unprotect web-1"})
public final class Unprotect extends Verb {
    @Parameters(paramLabel = "SERVER", description = "name or id")
    private String server = "";

    @Mixin
    private final WaitOption wait = new WaitOption();

    public Unprotect(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Server of = cloud().compute().server(server);
        Job job = cloud().protections().unprotect(of);
        return work(wait, Patience.WAITS, Work.of(job, "end of the protection of " + of.name()));
    }
}
