package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.cloud.Snapshot;
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
            "Make a volume of a disk that a snapshot holds.",
            "One of the root disk boots as the server did. It does not need the snapshot afterwards."
        },
        footer = {"", "Examples:", "  stasis snapshot-volume --disk vdb before-upgrade data-then"})
public final class SnapshotVolume extends Verb {
    @Parameters(index = "0", paramLabel = "SNAPSHOT", description = "name or id")
    private String snapshot = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "name of the new volume")
    private String name = "";

    @Option(names = "--disk", paramLabel = "DISK", description = "as the server calls it, vdb (the root disk)")
    private @Nullable String disk;

    @Option(names = "--size", paramLabel = "GIB", description = "its size (that of the disk)")
    private @Nullable Integer size;

    @Mixin
    private final WaitOption wait = new WaitOption();

    public SnapshotVolume(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Snapshot of = cloud().snapshots().snapshot(snapshot);
        Job job = cloud().snapshots().toVolume(of, name, Optional.ofNullable(disk), Optional.ofNullable(size));
        return work(wait, Patience.WAITS, Work.of(job, name));
    }
}
