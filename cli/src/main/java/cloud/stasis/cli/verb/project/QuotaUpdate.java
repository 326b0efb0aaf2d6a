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
        description = {"Say how much a project may have; -1 for no limit. What is not said stays (for administrators)."
        },
        footer = {
            "",
            "Examples:",
            "  stasis quota-update --instances 20 --cores 40 --ram 65536 0a1b2c3d",
            "  stasis quota-update --volumes 50 --gigabytes -1 0a1b2c3d"
        })
public final class QuotaUpdate extends Verb {
    @Parameters(index = "0", paramLabel = "PROJECT", description = "id of the project")
    private String project = "";

    @Option(names = "--instances", paramLabel = "NUMBER", description = "servers")
    private @Nullable Integer instances;

    @Option(names = "--cores", paramLabel = "NUMBER", description = "virtual CPUs")
    private @Nullable Integer cores;

    @Option(names = "--ram", paramLabel = "MIB", description = "memory")
    private @Nullable Integer ram;

    @Option(names = "--key-pairs", paramLabel = "NUMBER", description = "key pairs of each user")
    private @Nullable Integer keyPairs;

    @Option(names = "--server-groups", paramLabel = "NUMBER", description = "server groups")
    private @Nullable Integer serverGroups;

    @Option(names = "--volumes", paramLabel = "NUMBER", description = "volumes")
    private @Nullable Integer volumes;

    @Option(names = "--gigabytes", paramLabel = "GIB", description = "of volumes and their snapshots")
    private @Nullable Integer gigabytes;

    @Option(names = "--snapshots", paramLabel = "NUMBER", description = "snapshots of volumes")
    private @Nullable Integer snapshots;

    @Option(names = "--per-volume-gigabytes", paramLabel = "GIB", description = "the largest volume")
    private @Nullable Integer perVolume;

    @Option(names = "--groups", paramLabel = "NUMBER", description = "groups of volumes")
    private @Nullable Integer groups;

    @Option(names = "--backups", paramLabel = "NUMBER", description = "backups of volumes")
    private @Nullable Integer backups;

    @Option(names = "--backup-gigabytes", paramLabel = "GIB", description = "of backups")
    private @Nullable Integer backupGigabytes;

    public QuotaUpdate(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        ObjectNode compute = Json.object();
        put(compute, "instances", instances);
        put(compute, "cores", cores);
        put(compute, "ram", ram);
        put(compute, "key_pairs", keyPairs);
        put(compute, "server_groups", serverGroups);
        ObjectNode volume = Json.object();
        put(volume, "volumes", volumes);
        put(volume, "gigabytes", gigabytes);
        put(volume, "snapshots", snapshots);
        put(volume, "per_volume_gigabytes", perVolume);
        put(volume, "groups", groups);
        put(volume, "backups", backups);
        put(volume, "backup_gigabytes", backupGigabytes);
        if (compute.isEmpty() && volume.isEmpty()) {
            throw Failure.command("nothing was said of how much it may have, such as --instances 20");
        }
        if (!compute.isEmpty()) {
            cloud().compute().setQuota(project, compute);
        }
        if (!volume.isEmpty()) {
            cloud().volumes().setQuota(project, volume);
        }
        QuotaView.show(cloud(), output(), project);
        return ExitCode.OK;
    }

    private static void put(ObjectNode limits, String word, @Nullable Integer limit) {
        if (limit != null) {
            limits.put(word, limit);
        }
    }
}
