package cloud.stasis.cli.verb.device;

import cloud.stasis.cli.cloud.Job;
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
        description = "Take out what lies in the CD-ROM drive of a server.",
        footer = {"", "Examples:", "  stasis medium-eject web-1"})
public final class MediumEject extends Verb {
    @Parameters(paramLabel = "SERVER", description = "name or id")
    private String server = "";

    @Option(names = "--drive", paramLabel = "NAME", description = "which drive (hda)")
    private String drive = "hda";

    @Mixin
    private final WaitOption wait = new WaitOption();

    public MediumEject(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Job job = cloud().devices().eject(cloud().compute().server(server), drive);
        return work(wait, Patience.WAITS, Work.of(job, "medium of " + server));
    }
}
