package cloud.stasis.cli.verb.protection;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = "Show the standby of a server, and how far it is behind.",
        footer = {"", "Examples:", "  stasis protection-show web-1"})
public final class ProtectionShow extends Verb {
    @Parameters(paramLabel = "SERVER", description = "name or id")
    private String server = "";

    public ProtectionShow(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        ProtectionView.show(
                output(),
                cloud().protections().of(cloud().compute().server(server)),
                tools().surroundings().clock().instant());
        return ExitCode.OK;
    }
}
