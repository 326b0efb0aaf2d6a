package cloud.stasis.cli.verb.device;

import cloud.stasis.cli.cloud.Server;
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
        description = {"Take a volume from a server. A guest that runs has to let it go."},
        footer = {"", "Examples:", "  stasis volume-detach --wait web-1 data"})
public final class VolumeDetach extends Verb {
    @Parameters(index = "0", paramLabel = "SERVER", description = "name or id")
    private String server = "";

    @Parameters(index = "1", paramLabel = "VOLUME", description = "name or id")
    private String volume = "";

    @Mixin
    private final WaitOption wait = new WaitOption();

    public VolumeDetach(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Server from = cloud().compute().server(server);
        Volume what = cloud().volumes().volume(volume);
        Reply reply = cloud().attachments().detach(from, what);
        output().say("Request to detach volume " + volume + " has been accepted.");
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
