package cloud.stasis.cli.verb.volume;

import cloud.stasis.cli.cloud.Volume;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.http.Reply;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import cloud.stasis.cli.verb.Work;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        description = {"Make a volume larger; also one that a server uses."},
        footer = {"", "Examples:", "  stasis volume-extend --wait data 4"})
public final class VolumeExtend extends Verb {
    @Parameters(index = "0", paramLabel = "VOLUME", description = "name or id")
    private String volume = "";

    @Parameters(index = "1", paramLabel = "GIB", description = "its new size")
    private int size;

    @Mixin
    private final WaitOption wait = new WaitOption();

    public VolumeExtend(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Volume what = cloud().volumes().volume(volume);
        Reply reply = cloud().volumes().extend(what, size);
        output().say("Request to extend volume " + volume + " has been accepted.");
        return work(
                wait,
                Patience.RETURNS,
                Work.of(
                        what.name(),
                        what,
                        () -> cloud().jobs().begunBy(reply),
                        (follower, limit) -> follower.volume(what, limit)));
    }
}
