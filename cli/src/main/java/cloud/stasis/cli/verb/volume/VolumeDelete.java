package cloud.stasis.cli.verb.volume;

import cloud.stasis.cli.cloud.Volume;
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
        description = "Delete volumes that no server uses.",
        footer = {"", "Examples:", "  stasis volume-delete --wait data"})
public final class VolumeDelete extends Verb {
    @Parameters(arity = "1..*", paramLabel = "VOLUME", description = "names or ids")
    private List<String> volumes = new ArrayList<>();

    @Mixin
    private final WaitOption wait = new WaitOption();

    public VolumeDelete(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        return work(wait, Patience.RETURNS, volumes, given -> {
            Volume volume = cloud().volumes().volume(given);
            Reply reply = cloud().volumes().delete(volume);
            output().say("Request to delete volume " + given + " has been accepted.");
            return Work.of(volume.name(), volume, () -> cloud().jobs().begunBy(reply), (follower, limit) -> {
                follower.gone(Subject.of(cloud(), volume), Volume::error, limit);
                return volume;
            });
        });
    }
}
