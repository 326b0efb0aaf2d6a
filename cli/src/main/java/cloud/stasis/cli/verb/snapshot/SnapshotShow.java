package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = "Show a snapshot, its parts, and the receipt of its capture.",
        footer = {
            "",
            "Examples:",
            "  stasis snapshot-show before-upgrade",
            "  stasis snapshot-show --json before-upgrade | jq .receipt"
        })
public final class SnapshotShow extends Verb {
    @Parameters(paramLabel = "SNAPSHOT", description = "name or id")
    private String snapshot = "";

    public SnapshotShow(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        SnapshotView.show(output(), cloud().snapshots().snapshot(snapshot));
        return ExitCode.OK;
    }
}
