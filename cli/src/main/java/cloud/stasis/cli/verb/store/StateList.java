package cloud.stasis.cli.verb.store;

import cloud.stasis.cli.cloud.StateBackup;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.screen.Quantities;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
        description = "List backups of the control plane's state, the newest first. For operators.",
        footer = {"", "Examples:", "  stasis state-list"})
public final class StateList extends Verb {
    private static final List<Column<StateBackup>> COLUMNS = List.of(
            Column.id("ID", StateBackup::id),
            Column.status("Status", StateBackup::status),
            Column.of("Origin", backup -> backup.text("origin")),
            Column.of("Begun at", backup -> Quantities.time(backup.text("begun_at"))),
            Column.number("Bytes", backup -> backup.text("size")),
            Column.of("Error", StateBackup::errorMessage));

    public StateList(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        output().list(COLUMNS, cloud().stateBackups().list());
        return ExitCode.OK;
    }
}
