package cloud.stasis.cli.verb.device;

import cloud.stasis.cli.cloud.Attachments.Attachment;
import cloud.stasis.cli.cloud.Attachments.OnTermination;
import cloud.stasis.cli.cloud.Begun;
import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.cloud.Volume;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.verb.PropertyRows;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {"Give a server a volume, whether it runs or not."},
        footer = {
            "",
            "Examples:",
            "  stasis volume-attach web-1 data",
            "  stasis volume-attach --delete-on-termination --wait web-1 scratch"
        })
public final class VolumeAttach extends Verb {
    @Parameters(index = "0", paramLabel = "SERVER", description = "name or id")
    private String server = "";

    @Parameters(index = "1", paramLabel = "VOLUME", description = "name or id")
    private String volume = "";

    @Parameters(index = "2", arity = "0..1", paramLabel = "DEVICE", description = "as /dev/vdc (the next free one)")
    private @Nullable String device;

    @Option(names = "--delete-on-termination", description = "delete the volume together with the server")
    private boolean deleted;

    @Mixin
    private final WaitOption wait = new WaitOption();

    public VolumeAttach(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Server to = cloud().compute().server(server);
        Volume what = cloud().volumes().volume(volume);
        Begun<Attachment> begun = cloud().attachments()
                .attach(
                        to,
                        what,
                        Optional.ofNullable(device).filter(name -> !name.equals("auto")),
                        deleted ? OnTermination.DELETED : OnTermination.KEPT);
        if (wait.waits(false)) {
            tools().follower()
                    .through(
                            cloud().jobs().begunBy(begun.reply()),
                            what.name(),
                            wait.limit(),
                            follower -> follower.volume(what, wait.limit()));
        }
        Attachment made = begun.made();
        output().one(made, PropertyRows.of(made.json()));
        return ExitCode.OK;
    }
}
