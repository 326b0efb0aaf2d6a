package cloud.stasis.cli.verb.server;

import cloud.stasis.cli.cloud.Image;
import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.http.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// Block devices of a boot request: novaclient's short words on the command line, the API's on the wire.
final class BlockDevice {
    private BlockDevice() {}

    /// `source=blank,dest=volume,size=2,shutdown=remove`
    static ObjectNode parse(String text) {
        ObjectNode device = Json.object();
        for (String pair : text.split(",")) {
            int equals = pair.indexOf('=');
            if (equals <= 0) {
                throw Failure.command("--block-device '" + text + "': '" + pair + "' is not KEY=VALUE");
            }
            put(device, pair.substring(0, equals), pair.substring(equals + 1));
        }
        if (!device.has("source_type")) {
            device.put("source_type", "blank");
        }
        if (!device.has("destination_type")) {
            boolean local = device.path("source_type").asText().equals("image");
            device.put("destination_type", local ? "local" : "volume");
        }
        return device;
    }

    private static void put(ObjectNode device, String key, String value) {
        switch (key) {
            case "id" -> device.put("uuid", value);
            case "source" -> device.put("source_type", value);
            case "dest" -> device.put("destination_type", value);
            case "bus" -> device.put("disk_bus", value);
            case "type" -> device.put("device_type", value);
            case "device" -> device.put("device_name", value);
            case "size" -> device.put("volume_size", number(key, value));
            case "bootindex" -> device.put("boot_index", number(key, value));
            case "shutdown" -> device.put("delete_on_termination", value.equals("remove"));
            case "format" -> device.put("guest_format", value);
            case "tag", "volume_type" -> device.put(key, value);
            default -> throw Failure.command("--block-device: the key '" + key + "' is not known");
        }
    }

    private static int number(String key, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException _) {
            throw Failure.command("--block-device: " + key + "=" + value + " is not a number");
        }
    }

    /// Kept when the server is deleted, as the API has it unless told otherwise: data outlives servers.
    static ObjectNode blankVolume(int gib) {
        return Json.object()
                .put("source_type", "blank")
                .put("destination_type", "volume")
                .put("volume_size", gib)
                .put("boot_index", -1)
                .put("delete_on_termination", false);
    }

    static ObjectNode rootFromImage(Image image) {
        return Json.object()
                .put("uuid", image.id())
                .put("source_type", "image")
                .put("destination_type", "local")
                .put("boot_index", 0)
                .put("delete_on_termination", true);
    }
}
