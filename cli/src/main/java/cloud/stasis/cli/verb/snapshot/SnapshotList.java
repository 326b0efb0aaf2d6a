package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.LimitOption;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        description = "List snapshots, of one server or of all.",
        footer = {"", "Examples:", "  stasis snapshot-list", "  stasis snapshot-list web-1"})
public final class SnapshotList extends Verb {
    @Parameters(arity = "0..1", paramLabel = "SERVER", description = "name or id; every server if absent")
    private @Nullable String server;

    @Mixin
    private final LimitOption limit = new LimitOption();

    public SnapshotList(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Optional<Server> of = Optional.ofNullable(server).map(cloud().compute()::server);
        output().list(SnapshotView.LIST, rows(cloud().snapshots().list(of, limit.limit())));
        return ExitCode.OK;
    }
}
