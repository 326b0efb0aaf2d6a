package cloud.stasis.cli.verb.volume;

import cloud.stasis.cli.cloud.Volume;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.PropertyRows;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = "Show a volume.",
        footer = {"", "Examples:", "  stasis volume-show data"})
public final class VolumeShow extends Verb {
    @Parameters(paramLabel = "VOLUME", description = "name or id")
    private String volume = "";

    public VolumeShow(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Volume found = cloud().volumes().volume(volume);
        output().one(found, PropertyRows.of(found.json()));
        return ExitCode.OK;
    }
}
