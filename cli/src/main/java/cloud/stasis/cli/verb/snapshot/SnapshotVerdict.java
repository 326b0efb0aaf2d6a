package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.Verdict;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.screen.Format;
import cloud.stasis.cli.screen.SafeText;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Say what can be made of a snapshot now, and why not more:",
            "with memory, with its disks only, or nothing; by a revert, and as a new server on each host."
        },
        footer = {"", "Examples:", "  stasis snapshot-verdict before-upgrade"})
public final class SnapshotVerdict extends Verb {
    @Parameters(paramLabel = "SNAPSHOT", description = "name or id")
    private String snapshot = "";

    public SnapshotVerdict(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Verdict verdict = cloud().snapshots().verdict(cloud().snapshots().snapshot(snapshot));
        if (output().format() == Format.TABLE) {
            output().print(verdict.lines().stream()
                    .map(line -> SafeText.line(line) + "\n")
                    .collect(Collectors.joining()));
        } else {
            output().document(verdict.json());
        }
        return ExitCode.OK;
    }
}
