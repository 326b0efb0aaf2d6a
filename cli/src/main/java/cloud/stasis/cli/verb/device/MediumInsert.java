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
        description = "Put an image into the CD-ROM drive of a server, in the place of what is there.",
        footer = {"", "Examples:", "  stasis medium-insert web-1 debian-netinst"})
public final class MediumInsert extends Verb {
    @Parameters(index = "0", paramLabel = "SERVER", description = "name or id")
    private String server = "";

    @Parameters(index = "1", paramLabel = "IMAGE", description = "name or id, best of disk format iso")
    private String image = "";

    @Option(names = "--drive", paramLabel = "NAME", description = "which drive (hda)")
    private String drive = "hda";

    @Mixin
    private final WaitOption wait = new WaitOption();

    public MediumInsert(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Job job = cloud().devices()
                .insert(
                        cloud().compute().server(server),
                        drive,
                        cloud().images().image(image));
        return work(wait, Patience.WAITS, Work.of(job, "medium of " + server));
    }
}
