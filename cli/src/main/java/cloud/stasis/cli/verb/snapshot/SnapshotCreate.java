package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.Instant;
import cloud.stasis.cli.cloud.Instants;
import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.cloud.Snapshot;
import cloud.stasis.cli.cloud.Snapshots;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.model.Quiesce;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Take a snapshot of all disks of a server, and of its memory.",
            "All of it shows one instant. Of several servers, all show the same one: none goes on before all stand"
                    + " still."
        },
        footer = {
            "",
            "Examples:",
            "  stasis snapshot-create --memory web-1 before-upgrade",
            "  stasis snapshot-create --consistency require --no-wait db-1 nightly",
            "  stasis snapshot-create --memory web-1 web-2 db-1 before-upgrade"
        })
public final class SnapshotCreate extends Verb {
    @Parameters(
            arity = "2..*",
            paramLabel = "SERVER",
            description = "names or ids, and last the NAME of the new snapshot",
            hideParamSyntax = true)
    private List<String> serversAndName = new ArrayList<>();

    @Option(names = "--memory", description = "with the memory: the server can later go on mid-instruction")
    private boolean memory;

    @Option(
            names = "--consistency",
            paramLabel = "HOW",
            description = "file systems at the instant: require (or fail), prefer, none (prefer)")
    private Quiesce consistency = Quiesce.PREFER;

    @Mixin
    private final WaitOption wait = new WaitOption();

    public SnapshotCreate(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        String name = serversAndName.getLast();
        List<Server> servers = serversAndName.subList(0, serversAndName.size() - 1).stream()
                .map(cloud().compute()::server)
                .toList();
        Snapshots.Memory kind = memory ? Snapshots.Memory.WITH : Snapshots.Memory.WITHOUT;
        return servers.size() == 1 ? one(servers.getFirst(), name, kind) : together(servers, name, kind);
    }

    private ExitCode together(List<Server> servers, String name, Snapshots.Memory kind) {
        Instants.Taken taken = cloud().instants().take(servers, name, kind, consistency);
        Instant instant = taken.instant();
        if (wait.waits(true)) {
            tools().follower().job(taken.job(), name, wait.limit());
            instant = cloud().instants().byId(instant.id()).orElse(instant);
        } else {
            JobNote.say(tools(), taken.job());
        }
        InstantShow.show(output(), instant);
        return ExitCode.OK;
    }

    private ExitCode one(Server of, String name, Snapshots.Memory kind) {
        Snapshots.Taken taken = cloud().snapshots().take(of, name, kind, consistency);
        Snapshot snapshot = taken.snapshot();
        if (wait.waits(true)) {
            tools().follower().job(taken.job(), name, wait.limit());
            snapshot = cloud().snapshots().byId(snapshot.id()).orElse(snapshot);
        } else {
            JobNote.say(tools(), taken.job());
        }
        SnapshotView.show(output(), snapshot);
        return ExitCode.OK;
    }
}
