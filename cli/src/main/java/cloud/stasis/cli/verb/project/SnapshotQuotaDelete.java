package cloud.stasis.cli.verb.project;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Take back what was said of how many snapshots, policies and images a project may have.",
            "It has the limits that every project has then (for administrators)."
        },
        footer = {"", "Examples:", "  stasis snapshot-quota-delete 0a1b2c3d"})
public final class SnapshotQuotaDelete extends Verb {
    @Parameters(index = "0", paramLabel = "PROJECT", description = "id of the project")
    private String project = "";

    public SnapshotQuotaDelete(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        QuotaView.show(output(), cloud().snapshots().standardQuotas(project));
        return ExitCode.OK;
    }
}
