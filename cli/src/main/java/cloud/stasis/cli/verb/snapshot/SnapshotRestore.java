package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.cloud.Snapshot;
import cloud.stasis.cli.cloud.Snapshots;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Make the server of a snapshot again where it is not there any more: at another site, or after it was deleted.",
            "The memory comes back too if the snapshot has it. What were volumes are disks of the server now."
        },
        footer = {
            "",
            "Examples:",
            "  stasis snapshot-restore before-upgrade",
            "  stasis snapshot-restore --disks-only --server-name web-again before-upgrade"
        })
public final class SnapshotRestore extends Verb {
    @Parameters(paramLabel = "SNAPSHOT", description = "name or id")
    private String snapshot = "";

    @Option(names = "--disks-only", description = "boot from the disks, as after a power cut")
    private boolean disksOnly;

    @Option(names = "--paused", description = "leave the server paused at the instant of the snapshot")
    private boolean paused;

    @Option(names = "--server-name", paramLabel = "NAME", description = "of the server (what it was called)")
    private @Nullable String name;

    @Mixin
    private final WaitOption wait = new WaitOption();

    public SnapshotRestore(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Snapshot from = cloud().snapshots().snapshot(snapshot);
        Job job = cloud().snapshots()
                .restore(
                        from,
                        Optional.ofNullable(name),
                        from.hasMemory() && !disksOnly ? Snapshots.Memory.WITH : Snapshots.Memory.WITHOUT,
                        paused ? Snapshots.Wake.PAUSED : Snapshots.Wake.RUNNING);
        return work(wait, Patience.WAITS, Work.of(job, "restore of " + from.name()));
    }
}
