package cloud.stasis.cli.verb.project;

import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Say how many snapshots of servers, policies and images a project may have; -1 for no limit.",
            "What is not said stays (for administrators)."
        },
        footer = {
            "",
            "Examples:",
            "  stasis snapshot-quota-update --snapshots 50 0a1b2c3d",
            "  stasis snapshot-quota-update --policies 5 --images -1 0a1b2c3d"
        })
public final class SnapshotQuotaUpdate extends Verb {
    @Parameters(index = "0", paramLabel = "PROJECT", description = "id of the project")
    private String project = "";

    @Option(names = "--snapshots", paramLabel = "NUMBER", description = "snapshots of servers")
    private @Nullable Integer snapshots;

    @Option(names = "--policies", paramLabel = "NUMBER", description = "policies that take snapshots and backups")
    private @Nullable Integer policies;

    @Option(names = "--protections", paramLabel = "NUMBER", description = "servers that have a standby")
    private @Nullable Integer protections;

    @Option(names = "--images", paramLabel = "NUMBER", description = "images")
    private @Nullable Integer images;

    public SnapshotQuotaUpdate(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        ObjectNode limits = Json.object();
        put(limits, "snapshots", snapshots);
        put(limits, "snapshot_policies", policies);
        put(limits, "protections", protections);
        put(limits, "images", images);
        if (limits.isEmpty()) {
            throw Failure.command("nothing was said of how many it may have, such as --snapshots 50");
        }
        QuotaView.show(output(), cloud().snapshots().limit(project, limits));
        return ExitCode.OK;
    }

    private static void put(ObjectNode limits, String word, @Nullable Integer limit) {
        if (limit != null) {
            limits.put(word, limit);
        }
    }
}
