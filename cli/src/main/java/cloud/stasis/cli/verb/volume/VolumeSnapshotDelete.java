package cloud.stasis.cli.verb.volume;

import cloud.stasis.cli.cloud.VolumeSnapshot;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.follow.Subject;
import cloud.stasis.cli.http.Reply;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        description = {"Delete snapshots of single volumes."},
        footer = {
            "",
            "Examples:",
            "  stasis volume-snapshot-delete nightly",
            "  stasis volume-snapshot-delete --wait nightly-1 nightly-2"
        })
public final class VolumeSnapshotDelete extends Verb {
    @Parameters(arity = "1..*", paramLabel = "SNAPSHOT", description = "names or ids")
    private List<String> snapshots = new ArrayList<>();

    @Mixin
    private final WaitOption wait = new WaitOption();

    public VolumeSnapshotDelete(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        return work(wait, Patience.RETURNS, snapshots, given -> {
            VolumeSnapshot snapshot = cloud().volumes().snapshot(given);
            Reply reply = cloud().volumes().delete(snapshot);
            output().say("Request to delete volume snapshot " + given + " has been accepted.");
            return Work.of(snapshot.name(), snapshot, () -> cloud().jobs().begunBy(reply), (follower, limit) -> {
                follower.gone(Subject.of(cloud(), snapshot), VolumeSnapshot::error, limit);
                return snapshot;
            });
        });
    }
}
