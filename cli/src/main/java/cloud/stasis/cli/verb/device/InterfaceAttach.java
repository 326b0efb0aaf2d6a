package cloud.stasis.cli.verb.device;

import cloud.stasis.cli.cloud.Devices.Interface;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(description = "Give a server a network interface, whether it runs or not.")
public final class InterfaceAttach extends Verb {
    @Parameters(paramLabel = "SERVER", description = "name or id")
    private String server = "";

    @Option(names = "--net-id", paramLabel = "NETWORK", description = "id or name (the only one there is)")
    private String network = "";

    @Option(names = "--fixed-ip", paramLabel = "IP", description = "its address (the next free one)")
    private String address = "";

    public InterfaceAttach(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Interface made = cloud().devices().attach(cloud().compute().server(server), said(network), said(address));
        tools().terminal().note("Port " + made.id() + " with " + made.text("mac_addr") + " is on its way.");
        return ExitCode.OK;
    }

    private static Optional<String> said(String text) {
        return Optional.of(text).filter(some -> !some.isEmpty());
    }
}
