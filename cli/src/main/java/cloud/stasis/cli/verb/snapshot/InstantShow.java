package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.Instant;
import cloud.stasis.cli.cloud.Snapshot;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.screen.Output;
import cloud.stasis.cli.screen.Output.Property;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = "Show an instant of several servers, and the snapshots that are left of it.",
        footer = {"", "Examples:", "  stasis instant-show before-upgrade"})
public final class InstantShow extends Verb {
    private static final List<Column<Snapshot>> MEMBERS = List.of(
            Column.id("Snapshot", Snapshot::id),
            Column.id("Server", Snapshot::server),
            Column.status("Status", Snapshot::status),
            Column.of("Memory", snapshot -> snapshot.hasMemory() ? "yes" : "no"));

    @Parameters(paramLabel = "INSTANT", description = "name or id")
    private String instant = "";

    public InstantShow(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        show(output(), cloud().instants().instant(instant));
        return ExitCode.OK;
    }

    static void show(Output output, Instant instant) {
        List<Property> rows = new ArrayList<>();
        instant.json().properties().forEach(field -> {
            if (!field.getKey().equals("snapshots")) {
                rows.add(new Property(field.getKey(), Output.compact(field.getValue())));
            }
        });
        output.one(instant, rows);
        output.appendix("Snapshots", MEMBERS, instant.snapshots());
    }
}
