package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Image;
import cloud.stasis.cli.cloud.Server;
import cloud.stasis.cli.failure.ExitCode;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.verb.Tools;
import cloud.stasis.cli.verb.Verb;
import cloud.stasis.cli.verb.WaitOption;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        description = "Boot a new server.",
        footer = {
            "",
            "Examples:",
            "  stasis boot --image demo --flavor m1.tiny --poll web-1",
            "  stasis boot --image demo --flavor m1.tiny --volume 2 with-data",
            "  stasis boot --flavor m1.tiny \\",
            "      --block-device source=volume,id=VOLUME,dest=volume,bootindex=0 from-volume"
        })
public final class ServerBoot extends Verb {
    /// What the compute API accepts before it is encoded.
    private static final int MAX_USER_DATA = 49_152;

    @Parameters(paramLabel = "NAME", description = "name of the new server")
    private String name = "";

    @Option(names = "--image", paramLabel = "IMAGE", description = "name or id of the image to boot from")
    private @Nullable String image;

    @Option(names = "--flavor", paramLabel = "FLAVOR", required = true, description = "name or id of its size")
    private String flavor = "";

    @Option(
            names = "--nic",
            paramLabel = "NIC",
            description = "none, auto, or net-id=ID[,v4-fixed-ip=IP]; may be repeated (none)")
    private List<String> nics = new ArrayList<>();

    @Option(
            names = "--volume",
            paramLabel = "GIB",
            description = "add a blank data volume of this size; may be repeated")
    private List<Integer> volumes = new ArrayList<>();

    @Option(
            names = "--block-device",
            paramLabel = "KEY=VALUE[,...]",
            description = "add a block device in novaclient's words: id, source (image, volume, snapshot, blank), dest "
                    + "(volume, local), bus, type, device, size, bootindex, shutdown (preserve, remove)")
    private List<String> blockDevices = new ArrayList<>();

    @Option(names = "--meta", paramLabel = "KEY=VALUE", description = "metadata; may be repeated")
    private Map<String, String> metadata = new LinkedHashMap<>();

    @Option(names = "--user-data", paramLabel = "FILE", description = "file that is handed to the guest")
    private @Nullable Path userData;

    @Option(names = "--availability-zone", paramLabel = "ZONE", description = "where to place it")
    private @Nullable String zone;

    @Mixin
    private final WaitOption wait = new WaitOption();

    public ServerBoot(Tools tools) {
        super(tools);
    }

    @Override
    protected ExitCode run() {
        Server booted = cloud().compute().boot(request());
        Server server = cloud().compute().serverById(booted.id()).orElse(booted);
        if (wait.waits(false)) {
            server = tools().follower().booted(server, wait.limit());
        }
        output().one(server, ServerColumns.details(server, List.of()));
        return ExitCode.OK;
    }

    private ObjectNode request() {
        ObjectNode server = Json.object().put("name", name);
        List<ObjectNode> devices =
                new ArrayList<>(blockDevices.stream().map(BlockDevice::parse).toList());
        volumes.forEach(size -> devices.add(BlockDevice.blankVolume(size)));
        if (image != null) {
            Image root = cloud().images().image(image);
            server.put("imageRef", root.id());
            // As soon as any device is named, the API wants the root disk to be named as well.
            if (!devices.isEmpty()) {
                devices.addFirst(BlockDevice.rootFromImage(root));
            }
        } else if (devices.isEmpty()) {
            throw Failure.command("nothing to boot from: give --image, or --block-device with bootindex=0");
        }
        server.put("flavorRef", cloud().compute().flavor(flavor).id());
        if (!devices.isEmpty()) {
            ArrayNode mapping = server.putArray("block_device_mapping_v2");
            devices.forEach(mapping::add);
        }
        Networks.addTo(server, nics);
        if (!metadata.isEmpty()) {
            ObjectNode pairs = server.putObject("metadata");
            metadata.forEach(pairs::put);
        }
        if (zone != null) {
            server.put("availability_zone", zone);
        }
        if (userData != null) {
            server.put("user_data", encoded(userData));
        }
        return server;
    }

    private static String encoded(Path file) {
        try {
            if (Files.size(file) > MAX_USER_DATA) {
                throw Failure.command("'" + file + "' is larger than " + MAX_USER_DATA + " bytes");
            }
            return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
        } catch (IOException unreadable) {
            throw Failure.command("'" + file + "' (--user-data) cannot be read: " + unreadable.getMessage());
        }
    }
}
