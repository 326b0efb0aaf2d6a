package cloud.stasis.cli.verb.client;

import cloud.stasis.cli.cloud.Host;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
        description = "List the hosts that servers run on (for administrators).",
        footer = {"", "Examples:", "  stasis host-list"})
public final class HostList extends Verb {
    private static final List<Column<Host>> COLUMNS = List.of(
            Column.id("ID", Host::id),
            Column.of("Host", Host::name),
            Column.status("State", host -> host.text("state")),
            Column.status("Status", Host::status),
            Column.of("Type", host -> host.text("hypervisor_type")),
            Column.of("Address", host -> host.text("host_ip")));

    public HostList(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        output().list(COLUMNS, cloud().compute().hosts());
        return ExitCode.OK;
    }
}
