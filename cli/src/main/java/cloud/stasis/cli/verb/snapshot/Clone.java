package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.cloud.Snapshot;
import cloud.stasis.cli.cloud.Snapshots;
import cloud.stasis.cli.cloud.Snapshots.Identity;
import cloud.stasis.cli.cloud.Snapshots.Memory;
import cloud.stasis.cli.cloud.Snapshots.Wake;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.process.Interrupts;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import cloud.stasis.model.Quiesce;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Make a new server out of a snapshot, or out of a server as it is now.",
            "A server is snapshotted first; that snapshot stays.",
            "The clone's disks stand on the contents of the snapshot and do not need it afterwards."
        },
        footer = {
            "",
            "Examples:",
            "  stasis clone before-upgrade test-1",
            "  stasis clone --memory --server web-1 web-2"
        })
public final class Clone extends Verb {
    @Parameters(index = "0", paramLabel = "SNAPSHOT", description = "name or id; with --server, of a server")
    private String origin = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "name of the new server")
    private String name = "";

    @Option(names = "--server", description = "the first argument is a server: take a snapshot of it first")
    private boolean server;

    @Option(names = "--memory", description = "go on mid-instruction, where the snapshot was taken")
    private boolean memory;

    @Option(names = "--paused", description = "leave the new server paused")
    private boolean paused;

    @Option(
            names = "--identity",
            paramLabel = "HOW",
            description = "what its guest sees: keep (the same machine), regenerate, isolate (the same, cables out)"
                    + " (keep)")
    private Identity identity = Identity.KEEP;

    @Mixin
    private final WaitOption wait = new WaitOption();

    public Clone(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Snapshot of = server ? taken() : cloud().snapshots().snapshot(origin);
        if (memory && !of.hasMemory()) {
            throw Failure.command("snapshot '" + of.name() + "' has no memory; without --memory the new server boots "
                    + "from its disks");
        }
        Job job = cloud().snapshots()
                .clone(of, name, memory ? Memory.WITH : Memory.WITHOUT, paused ? Wake.PAUSED : Wake.RUNNING, identity);
        return work(wait, Patience.WAITS, Work.of(job, name));
    }

    /// The clone needs all of it in the store, so this is waited for in any case.
    private Snapshot taken() {
        Server from = cloud().compute().server(origin);
        Snapshots.Taken taken = cloud().snapshots()
                .take(from, "for clone " + name, memory ? Memory.WITH : Memory.WITHOUT, Quiesce.PREFER);
        Interrupts interrupts = tools().surroundings().interrupts();
        try (Interrupts.Guard _ = interrupts.guard(() -> lastWords(taken.snapshot()))) {
            tools().follower().job(taken.job(), taken.snapshot().name(), wait.limit());
        }
        return cloud().snapshots().snapshot(taken.snapshot().id());
    }

    private void lastWords(Snapshot of) {
        tools().terminal()
                .note("The clone has not begun. Once the snapshot is taken:  stasis clone "
                        + (memory ? "--memory " : "") + of.id() + " " + name);
    }
}
