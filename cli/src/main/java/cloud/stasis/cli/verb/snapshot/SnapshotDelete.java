package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.Deletion;
import cloud.stasis.cli.cloud.Snapshot;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.screen.Column;
import cloud.stasis.cli.screen.Quantities;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import cloud.stasis.model.ByteCount;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Delete snapshots, in any order, with all that belongs to them.",
            "With --dry-run, say what that would mean: whether it is refused, what would be waited for, how much would",
            "become free and be copied at most, and how long it would take."
        },
        footer = {
            "",
            "Examples:",
            "  stasis snapshot-delete before-upgrade",
            "  stasis snapshot-delete --dry-run before-upgrade"
        })
public final class SnapshotDelete extends Verb {
    private static final List<Column<Deletion>> COLUMNS = List.of(
            Column.id("Snapshot", Deletion::snapshot),
            Column.of("Possible", deletion -> deletion.isAllowed() ? "yes" : "no"),
            Column.number("Freed in the store", deletion -> atMost(deletion.storeBytes())),
            Column.number("Freed on the host", deletion -> atMost(deletion.memoryBytes())),
            Column.number("Copied on the host", deletion -> atMost(deletion.copiedBytes())),
            Column.number(
                    "Takes",
                    deletion -> deletion.expected().map(Quantities::took).orElse("?")),
            Column.of("Remarks", Deletion::remarks));

    @Parameters(arity = "1..*", paramLabel = "SNAPSHOT", description = "names or ids")
    private List<String> snapshots = new ArrayList<>();

    @Option(names = "--dry-run", description = "delete nothing; exit 1 if one of them could not be deleted")
    private boolean dry;

    @Mixin
    private final WaitOption wait = new WaitOption();

    public SnapshotDelete(Tools tools) {
        super(tools);
    }

    private static String atMost(Optional<ByteCount> count) {
        return count.map(bytes -> (bytes.isZero() ? "" : "<= ") + Quantities.bytes(bytes))
                .orElse("?");
    }

    @Override
    protected ExitCode run() {
        return dry ? foretold() : deleted();
    }

    private ExitCode foretold() {
        List<Deletion> deletions = snapshots.stream()
                .map(cloud().snapshots()::snapshot)
                .map(cloud().snapshots()::deletion)
                .toList();
        output().list(COLUMNS, deletions);
        return deletions.stream().allMatch(Deletion::isAllowed) ? ExitCode.OK : ExitCode.FAILED;
    }

    private ExitCode deleted() {
        return work(wait, Patience.WAITS, snapshots, given -> {
            Snapshot snapshot = cloud().snapshots().snapshot(given);
            return Work.of(cloud().snapshots().delete(snapshot), "delete " + snapshot.name());
        });
    }
}
