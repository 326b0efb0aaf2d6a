package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Devices.DiskStream;
import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.screen.Output.Property;
import cloud.stasis.cli.verb.PropertyRows;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// How servers are shown.
final class ServerColumns {
    static final List<Column<Server>> LIST = List.of(
            Column.id("ID", Server::id),
            Column.of("Name", Server::name),
            Column.status("Status", Server::status),
            Column.of("Task State", server -> server.taskState().isEmpty() ? "-" : server.taskState()),
            Column.of("Power State", Server::powerState),
            Column.of("Networks", Server::networks));

    private ServerColumns() {}

    static List<Property> details(Server server, List<DiskStream> streams) {
        List<Property> rows = new ArrayList<>(PropertyRows.of(server.json()));
        rows.replaceAll(row -> row.name().equals("addresses") ? new Property("addresses", server.networks()) : row);
        if (!streams.isEmpty()) {
            rows.add(new Property(
                    "streams", streams.stream().map(DiskStream::progress).collect(Collectors.joining("; "))));
        }
        return rows;
    }
}
