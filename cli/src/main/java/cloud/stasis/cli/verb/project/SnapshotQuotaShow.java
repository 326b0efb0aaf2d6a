package cloud.stasis.cli.verb.project;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        description = {
            "Show how many snapshots of servers, policies, standbys and images a project may have, and has.",
            "Safety snapshots are not counted. How much it may keep in the store: stasis store-usage."
        },
        footer = {
            "",
            "Examples:",
            "  stasis snapshot-quota-show",
            "  stasis snapshot-quota-show --project 0a1b2c3d",
            "  stasis snapshot-quota-show --json | jq .snapshots.limit"
        })
public final class SnapshotQuotaShow extends Verb {
    @Option(
            names = {"--project", "--tenant"},
            paramLabel = "ID",
            description = "another project (administrators)")
    private @Nullable String project;

    public SnapshotQuotaShow(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        QuotaView.show(output(), cloud().snapshots().quotas(Optional.ofNullable(project)));
        return ExitCode.OK;
    }
}
