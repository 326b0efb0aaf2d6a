package cloud.stasis.cli.verb.image;

import cloud.stasis.cli.cloud.Image;
import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.verb.PropertyRows;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = {
            "Make an image of a server, which may be running.",
            "To move a file into the cloud, use image-upload."
        },
        footer = {
            "",
            "Examples:",
            "  stasis image-create --poll web-1 nightly-1",
            "  stasis image-create --metadata tier=gold web-1 nightly-1"
        })
public final class ImageCreate extends Verb {
    @Parameters(index = "0", paramLabel = "SERVER", description = "name or id")
    private String server = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "name of the new image")
    private String name = "";

    @Option(names = "--metadata", paramLabel = "KEY=VALUE", description = "properties; may be repeated")
    private Map<String, String> metadata = new LinkedHashMap<>();

    @Option(names = "--show", hidden = true, description = "for novaclient's sake: the image is always shown")
    private boolean show;

    @Mixin
    private final WaitOption wait = new WaitOption();

    public ImageCreate(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Server of = cloud().compute().server(server);
        ObjectNode properties = Json.object();
        metadata.forEach(properties::put);
        String id = cloud().compute().createImage(of, name, properties);
        Image image = wait.waits(false)
                ? tools().follower().made(id, name, wait.limit())
                : cloud().images()
                        .byId(id)
                        .orElseThrow(() -> Failure.local(
                                FailureType.RESOURCE_IN_ERROR,
                                "image " + id + " was asked for and does not exist any more; see the server's fault"));
        output().one(image, PropertyRows.of(image.json()));
        return ExitCode.OK;
    }
}
