package cloud.stasis.cli.verb.image;

import cloud.stasis.cli.cloud.Flavor;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.PropertyRows;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {"Show a flavor."},
        footer = {"", "Examples:", "  stasis flavor-show m1.small"})
public final class FlavorShow extends Verb {
    @Parameters(index = "0", paramLabel = "FLAVOR", description = "name or id")
    private String flavor = "";

    public FlavorShow(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Flavor found = cloud().compute().flavor(flavor);
        output().one(found, PropertyRows.of(found.json()));
        return ExitCode.OK;
    }
}
