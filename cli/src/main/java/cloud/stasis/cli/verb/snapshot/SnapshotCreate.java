package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.cloud.Snapshot;
import cloud.stasis.cli.cloud.Snapshots;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.model.Quiesce;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {"Take a snapshot of all disks of a server, and of its memory.", "All of it shows one instant."},
        footer = {
            "",
            "Examples:",
            "  stasis snapshot-create --memory web-1 before-upgrade",
            "  stasis snapshot-create --consistency require --no-wait db-1 nightly"
        })
public final class SnapshotCreate extends Verb {
    @Parameters(index = "0", paramLabel = "SERVER", description = "name or id")
    private String server = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "name of the new snapshot")
    private String name = "";

    @Option(names = "--memory", description = "with the memory: the server can later go on mid-instruction")
    private boolean memory;

    @Option(
            names = "--consistency",
            paramLabel = "HOW",
            description = "file systems at the instant: require (or fail), prefer, none (prefer)")
    private Quiesce consistency = Quiesce.PREFER;

    @Mixin
    private final WaitOption wait = new WaitOption();

    public SnapshotCreate(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Server of = cloud().compute().server(server);
        Snapshots.Memory kind = memory ? Snapshots.Memory.WITH : Snapshots.Memory.WITHOUT;
        Snapshots.Taken taken = cloud().snapshots().take(of, name, kind, consistency);
        Snapshot snapshot = taken.snapshot();
        if (wait.waits(true)) {
            tools().follower().job(taken.job(), name, wait.limit());
            snapshot = cloud().snapshots().byId(snapshot.id()).orElse(snapshot);
        } else {
            JobNote.say(tools(), taken.job());
        }
        SnapshotView.show(output(), snapshot);
        return ExitCode.OK;
    }
}
