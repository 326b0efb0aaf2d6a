package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.cloud.Snapshots.Safety;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Take back the last revert of a server: it goes on where it was just before.",
            "Done twice, it is a redo."
        },
        footer = {
            "",
            "Examples:",
            "  stasis snapshot-undo web-1",
            "  stasis snapshot-undo --no-safety --timeout 10m web-1"
        })
public final class SnapshotUndo extends Verb {
    @Parameters(paramLabel = "SERVER", description = "name or id")
    private String server = "";

    @Option(names = "--no-safety", description = "do not keep what the server is now; there is no redo then")
    private boolean declined;

    @Mixin
    private final WaitOption wait = new WaitOption();

    public SnapshotUndo(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Server of = cloud().compute().server(server);
        if (wait.waits(true)) {
            tools().follower().kept(of, wait.limit());
        }
        Job job = cloud().snapshots().undo(of, declined ? Safety.DECLINED : Safety.TAKEN);
        return work(wait, Patience.WAITS, Work.of(job, "undo of the revert of " + of.name()));
    }
}
