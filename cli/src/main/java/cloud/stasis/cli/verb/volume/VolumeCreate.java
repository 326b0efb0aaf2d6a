package cloud.stasis.cli.verb.volume;

import cloud.stasis.cli.cloud.Volume;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.PropertyRows;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = "Make a blank volume.",
        footer = {"", "Examples:", "  stasis volume-create --size 2 data"})
public final class VolumeCreate extends Verb {
    @Parameters(paramLabel = "NAME", description = "name of the new volume")
    private String name = "";

    @Option(names = "--size", paramLabel = "GIB", required = true, description = "its size")
    private int size;

    public VolumeCreate(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Volume volume = cloud().volumes().create(name, size);
        output().one(volume, PropertyRows.of(volume.json()));
        return ExitCode.OK;
    }
}
