package cloud.stasis.cli.verb.device;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(description = "Take a network interface from a server. A guest that runs has to let it go.")
public final class InterfaceDetach extends Verb {
    @Parameters(index = "0", paramLabel = "SERVER", description = "name or id")
    private String server = "";

    @Parameters(index = "1", paramLabel = "PORT", description = "as interface-list shows it")
    private String port = "";

    public InterfaceDetach(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        cloud().devices().detach(cloud().compute().server(server), port);
        return ExitCode.OK;
    }
}
