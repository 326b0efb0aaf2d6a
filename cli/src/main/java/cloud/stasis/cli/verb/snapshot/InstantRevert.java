package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.Instant;
import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.cloud.Snapshots;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Bring all servers of an instant back to it, with or without their memory.",
            "All are checked before the first is touched. Each can be brought back alone, too: snapshot-revert.",
            "What the servers were is kept: snapshot-undo takes the revert of each back."
        },
        footer = {
            "",
            "Examples:",
            "  stasis instant-revert before-upgrade",
            "  stasis instant-revert --disks-only before-upgrade"
        })
public final class InstantRevert extends Verb {
    @Parameters(paramLabel = "INSTANT", description = "name or id")
    private String instant = "";

    @ArgGroup(exclusive = true)
    private SnapshotRevert.What what = new SnapshotRevert.What();

    @Option(names = "--paused", description = "leave the servers paused at the instant")
    private boolean paused;

    @Option(names = "--no-safety", description = "do not keep what the servers were; there is no undo then")
    private boolean declined;

    @Mixin
    private final WaitOption wait = new WaitOption();

    public InstantRevert(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Instant to = cloud().instants().instant(instant);
        Snapshots.Memory memory = what.memory(to.hasMemory(), "instant '" + instant + "'");
        List<Job> jobs = cloud().instants()
                .revert(
                        to,
                        memory,
                        SnapshotRevert.wake(paused, memory),
                        declined ? Snapshots.Safety.DECLINED : Snapshots.Safety.TAKEN);
        return work(
                wait,
                Patience.WAITS,
                jobs.stream()
                        .map(job -> Work.of(job, "revert of server " + job.text("server") + " to " + to.name()))
                        .toList());
    }
}
