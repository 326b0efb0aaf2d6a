package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Image;
import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import cloud.stasis.cli.verb.PropertyRows;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Make an image of a server and keep so many of its kind: the oldest ones go.",
            "Policies (policy-create) do that by themselves."
        },
        footer = {"", "Examples:", "  stasis backup --poll web-1 web-1-nightly daily 7"})
public final class ServerBackup extends Verb {
    @Parameters(index = "0", paramLabel = "SERVER", description = "name or id")
    private String server = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "name of the new image")
    private String name = "";

    @Parameters(index = "2", paramLabel = "TYPE", description = "of the turn, as daily or weekly")
    private String type = "";

    @Parameters(index = "3", paramLabel = "ROTATION", description = "how many of the type stay")
    private int rotation;

    @Mixin
    private final WaitOption wait = new WaitOption();

    public ServerBackup(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Server of = cloud().compute().server(server);
        Optional<String> id = cloud().compute().backup(of, name, type, rotation);
        if (id.isEmpty()) {
            output().one(of, PropertyRows.of(of.json()));
            return ExitCode.OK;
        }
        Image image = wait.waits(false)
                ? tools().follower().made(id.get(), name, wait.limit())
                : cloud().images()
                        .byId(id.get())
                        .orElseThrow(() -> Failure.local(
                                FailureType.RESOURCE_IN_ERROR,
                                "image " + id.get() + " was asked for and does not exist any more"));
        output().one(image, PropertyRows.of(image.json()));
        return ExitCode.OK;
    }
}
