package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.cloud.Snapshot;
import cloud.stasis.cli.cloud.Snapshots.Identity;
import cloud.stasis.cli.cloud.Snapshots.Memory;
import cloud.stasis.cli.cloud.Snapshots.Wake;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.failure.Failure;
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

    @Option(names = "--server", description = "the first argument is a server, which is snapshotted first")
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
        return work(wait, Patience.WAITS, Work.of(server ? ofServer() : ofSnapshot(), name));
    }

    private Job ofServer() {
        return cloud().snapshots().clone(cloud().compute().server(origin), name, memory(), wake(), identity);
    }

    private Job ofSnapshot() {
        Snapshot of = cloud().snapshots().snapshot(origin);
        if (memory && !of.hasMemory()) {
            throw Failure.command("snapshot '" + of.name() + "' has no memory; without --memory the new server boots "
                    + "from its disks");
        }
        return cloud().snapshots().clone(of, name, memory(), wake(), identity);
    }

    private Memory memory() {
        return memory ? Memory.WITH : Memory.WITHOUT;
    }

    private Wake wake() {
        return paused ? Wake.PAUSED : Wake.RUNNING;
    }
}
