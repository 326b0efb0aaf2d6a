package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Named;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.screen.Quantities;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {"List what was done with a server, the newest first; also with one that is gone, by its id."},
        footer = {"", "Examples:", "  stasis instance-action-list web-1"})
public final class ServerActions extends Verb {
    private static final List<Column<Named>> COLUMNS = List.of(
            Column.of("Action", action -> action.text("action")),
            Column.of("Request", action -> action.text("request_id")),
            Column.status("Message", action -> action.text("message")),
            Column.of("Start", action -> Quantities.time(action.text("start_time"))),
            Column.of("Updated", action -> Quantities.time(action.text("updated_at"))));

    @Parameters(paramLabel = "SERVER", description = "name or id")
    private String server = "";

    public ServerActions(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        output().list(COLUMNS, cloud().compute().actions(cloud().compute().everServer(server)));
        return ExitCode.OK;
    }
}
