package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.Snapshot;
import cloud.stasis.cli.cloud.Snapshots.Protection;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = "Protect snapshots from being deleted, or take that back.",
        footer = {
            "",
            "Examples:",
            "  stasis snapshot-protect before-upgrade",
            "  stasis snapshot-protect --off before-upgrade"
        })
public final class SnapshotProtect extends Verb {
    @Parameters(arity = "1..*", paramLabel = "SNAPSHOT", description = "names or ids")
    private List<String> snapshots = new ArrayList<>();

    @Option(names = "--off", description = "they may be deleted again")
    private boolean off;

    public SnapshotProtect(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        return each(snapshots, given -> {
            Snapshot changed = cloud().snapshots()
                    .protect(cloud().snapshots().snapshot(given), off ? Protection.NONE : Protection.PROTECTED);
            output().say("Snapshot " + given + (off ? " may be deleted." : " is protected."));
            return changed;
        });
    }
}
