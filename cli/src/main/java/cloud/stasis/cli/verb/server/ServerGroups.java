package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Compute.Projects;
import cloud.stasis.cli.cloud.Named;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.screen.Output;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        description = {"List server groups: which servers shall be on the same host, or on different ones."},
        footer = {"", "Examples:", "  stasis server-group-list"})
public final class ServerGroups extends Verb {
    private static final List<Column<Named>> COLUMNS = List.of(
            Column.id("ID", Named::id),
            Column.of("Name", Named::name),
            Column.of("Policy", group -> group.text("policy")),
            Column.of("Rules", group -> Output.compact(group.json().path("rules"))),
            Column.of("Members", group -> Output.compact(group.json().path("members"))));

    @Option(names = "--all-projects", description = "those of every project (for administrators)")
    private boolean all;

    public ServerGroups(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        output().list(COLUMNS, cloud().compute().serverGroups(all ? Projects.ALL : Projects.OWN));
        return ExitCode.OK;
    }
}
