package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.cloud.Snapshot;
import cloud.stasis.cli.cloud.Snapshots;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Bring a server back to a snapshot, with or without its memory.",
            "Devices that were added or removed since are put back as well.",
            "Without --memory or --disks-only, the memory comes back if the snapshot has it.",
            "What the server was is kept: snapshot-undo takes the revert back."
        },
        footer = {
            "",
            "Examples:",
            "  stasis snapshot-revert before-upgrade",
            "  stasis snapshot-revert --memory --paused before-upgrade",
            "  stasis snapshot-revert --disks-only before-upgrade"
        })
public final class SnapshotRevert extends Verb {
    @Parameters(paramLabel = "SNAPSHOT", description = "name or id")
    private String snapshot = "";

    @ArgGroup(exclusive = true)
    private What what = new What();

    @Option(names = "--paused", description = "leave the server paused at the instant of the snapshot")
    private boolean paused;

    @Option(names = "--no-safety", description = "do not keep what the server was; there is no undo then")
    private boolean declined;

    @Mixin
    private final WaitOption wait = new WaitOption();

    static final class What {
        @Option(names = "--memory", description = "go on mid-instruction, where the snapshot was taken")
        private boolean memory;

        @Option(names = "--disks-only", description = "boot from the disks, as after a power cut")
        private boolean disksOnly;

        /// Whether the memory comes back: if it is there and nobody said otherwise.
        Snapshots.Memory memory(boolean present, String what) {
            if (memory && !present) {
                throw Failure.command(what + " has no memory; --disks-only boots from its disks");
            }
            return present && !disksOnly ? Snapshots.Memory.WITH : Snapshots.Memory.WITHOUT;
        }
    }

    static Snapshots.Wake wake(boolean paused, Snapshots.Memory memory) {
        if (paused && memory == Snapshots.Memory.WITHOUT) {
            throw Failure.command("--paused needs the memory: a machine that boots from its disks has no instant to "
                    + "stand still at");
        }
        return paused ? Snapshots.Wake.PAUSED : Snapshots.Wake.RUNNING;
    }

    public SnapshotRevert(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Snapshot to = cloud().snapshots().snapshot(snapshot);
        Snapshots.Memory memory = what.memory(to.hasMemory(), "snapshot '" + snapshot + "'");
        Job job = cloud().snapshots()
                .revert(
                        to,
                        memory,
                        wake(paused, memory),
                        declined ? Snapshots.Safety.DECLINED : Snapshots.Safety.TAKEN);
        return work(wait, Patience.WAITS, Work.of(job, "revert to " + to.name()));
    }
}
