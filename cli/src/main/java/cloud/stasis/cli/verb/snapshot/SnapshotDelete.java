package cloud.stasis.cli.verb.snapshot;

import cloud.stasis.cli.cloud.Job;
import cloud.stasis.cli.cloud.Snapshot;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(description = "Delete snapshots, in any order, with all that belongs to them.")
public final class SnapshotDelete extends Verb {
    @Parameters(arity = "1..*", paramLabel = "SNAPSHOT", description = "names or ids")
    private List<String> snapshots = new ArrayList<>();

    @Mixin
    private final WaitOption wait = new WaitOption();

    public SnapshotDelete(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        return each(snapshots, given -> {
            Snapshot snapshot = cloud().snapshots().snapshot(given);
            Job job = cloud().snapshots().delete(snapshot);
            if (wait.waits(true)) {
                tools().follower().job(job, "delete " + snapshot.name(), wait.limit());
            } else {
                JobNote.say(tools(), job);
            }
        });
    }
}
