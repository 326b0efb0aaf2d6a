package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.Instant;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.screen.Quantities;
import cloud.stasis.cli.verb.LimitOption;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        description = "List the instants at which several servers were taken together.",
        footer = {"", "Examples:", "  stasis instant-list"})
public final class InstantList extends Verb {
    private static final List<Column<Instant>> COLUMNS = List.of(
            Column.id("ID", Instant::id),
            Column.of("Name", Instant::name),
            Column.status("Status", Instant::status),
            Column.number("Servers", instant -> instant.snapshots().size() + " of " + instant.servers()),
            Column.of("Memory", instant -> instant.hasMemory() ? "yes" : "no"),
            Column.number(
                    "Skew", instant -> instant.skew().map(Quantities::fine).orElse("-")),
            Column.of("Taken at", instant -> Quantities.time(instant.takenAt())));

    @Mixin
    private final LimitOption limit = new LimitOption();

    public InstantList(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        output().list(COLUMNS, rows(cloud().instants().list(limit.limit())));
        return ExitCode.OK;
    }
}
