package cloud.stasis.cli.verb.device;

import cloud.stasis.cli.cloud.Devices.Interface;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = "List the network interfaces of a server.",
        footer = {"", "Examples:", "  stasis interface-list web-1"})
public final class InterfaceList extends Verb {
    private static final List<Column<Interface>> COLUMNS = List.of(
            Column.id("Port", Interface::id),
            Column.status("State", nic -> nic.text("port_state")),
            Column.of("MAC", nic -> nic.text("mac_addr")),
            Column.of("Addresses", Interface::addresses),
            Column.of("Network", nic -> nic.text("net_id")));

    @Parameters(paramLabel = "SERVER", description = "name or id")
    private String server = "";

    public InterfaceList(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        output().list(COLUMNS, cloud().devices().interfaces(cloud().compute().server(server)));
        return ExitCode.OK;
    }
}
