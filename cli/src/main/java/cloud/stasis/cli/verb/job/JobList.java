package cloud.stasis.cli.verb.job;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.screen.Quantities;
import cloud.stasis.cli.verb.LimitOption;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        description = "List jobs, the newest first; of one server or of all.",
        footer = {"", "Examples:", "  stasis job-list", "  stasis job-list web-1"})
public final class JobList extends Verb {
    private static final List<Column<Job>> COLUMNS = List.of(
            Column.id("ID", Job::id),
            Column.of("Kind", Job::kindInWords),
            Column.status("Status", Job::status),
            Column.number("%", job -> job.text("percent")),
            Column.of("Phase", job -> job.progress().doing()),
            Column.of("Error", Job::errorCode),
            Column.of("Created at", job -> Quantities.time(job.text("created_at"))));

    @Parameters(arity = "0..1", paramLabel = "SERVER", description = "name or id; every server if absent")
    private @Nullable String server;

    @Mixin
    private final LimitOption limit = new LimitOption();

    public JobList(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Optional<Server> of = Optional.ofNullable(server).map(cloud().compute()::server);
        output().list(COLUMNS, rows(cloud().jobs().list(of, limit.limit())));
        return ExitCode.OK;
    }
}
