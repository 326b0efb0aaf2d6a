package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.volume.VolumeSource;
import cloud.stasis.gateway.volume.VolumeState.OnTermination;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.model.SnapshotId;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The disks that an image stands for which holds no bytes itself: the property `block_device_mapping`, JSON as text,
/// as Nova writes and reads it. Anybody may give an image such a property, so it is read as a request of the caller's.
public final class ImageDevices {
    public static final String MAPPING = "block_device_mapping";
    static final String SECOND_VERSION = "bdm_v2";
    static final String ROOT_NAME = "root_device_name";

    /// What belongs to one image alone and is not inherited.
    static final Set<String> OWN = Set.of(MAPPING, SECOND_VERSION, ROOT_NAME);

    private static final int MAX_LENGTH = 65_536;
    private static final int MAX_DEVICES = 26;
    private static final int MAX_WORD = 255;
    private static final ObjectMapper JSON = new ObjectMapper();

    private ImageDevices() {}

    /// @throws cloud.stasis.model.StasisException `INVALID_REQUEST` if the image says nothing that can be made
    public static List<BlockDevice> of(Map<String, String> properties) {
        String text = properties.getOrDefault(MAPPING, "");
        boolean isSecond = properties
                .getOrDefault(SECOND_VERSION, "")
                .toLowerCase(Locale.ROOT)
                .equals("true");
        if (text.isEmpty() || !isSecond) {
            return List.of();
        }
        JsonNode entries = parsed(text);
        if (!entries.isArray() || entries.size() > MAX_DEVICES) {
            throw malformed();
        }
        List<BlockDevice> devices = new ArrayList<>();
        entries.forEach(entry -> {
            if (!entry.path("no_device").asBoolean(false)) {
                devices.add(read(entry).device());
            }
        });
        return devices;
    }

    /// The snapshot that a server of the image would boot from, if the image stands for volumes.
    public static Optional<SnapshotId> rootSnapshot(Map<String, String> properties) {
        return of(properties).stream()
                .filter(BlockDevice::isRoot)
                .flatMap(root -> root.origin() instanceof BlockDevice.FreshVolume fresh
                                && fresh.source() instanceof VolumeSource.OfSnapshot(SnapshotId snapshot)
                        ? Stream.of(snapshot)
                        : Stream.empty())
                .findFirst();
    }

    private static JsonNode parsed(String text) {
        if (text.length() > MAX_LENGTH) {
            throw malformed();
        }
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw malformed();
        }
    }

    private static MappedDevice read(JsonNode entry) {
        if (!entry.isObject()) {
            throw malformed();
        }
        Optional<String> source = word(entry, "source_type");
        return new MappedDevice(
                source,
                word(entry, "destination_type"),
                word(entry, source.orElse("volume") + "_id"),
                number(entry, "volume_size"),
                word(entry, "volume_type"),
                word(entry, "guest_format"),
                word(entry, "device_name").map(name -> name.startsWith("/dev/") ? name.substring(5) : name),
                number(entry, "boot_index"),
                entry.path("delete_on_termination").asBoolean(false) ? OnTermination.DELETE : OnTermination.KEEP,
                Optional.empty());
    }

    private static Optional<String> word(JsonNode entry, String name) {
        JsonNode value = entry.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual() || value.textValue().length() > MAX_WORD) {
            throw malformed();
        }
        return Optional.of(value.textValue());
    }

    private static Optional<Integer> number(JsonNode entry, String name) {
        JsonNode value = entry.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.canConvertToInt() || !value.isIntegralNumber()) {
            throw malformed();
        }
        return Optional.of(value.intValue());
    }

    private static RuntimeException malformed() {
        return MappedDevice.invalid("the property " + MAPPING + " of the image cannot be read.");
    }

    /// A disk of a server, and the snapshot of it if it is a volume.
    ///
    /// @param volumeType name of the volume's type
    /// @param guestFormat `swap` for a disk to swap to
    record Kept(
            DiskSpec disk,
            Optional<SnapshotId> snapshot,
            OnTermination onTermination,
            Optional<String> volumeType,
            Optional<String> guestFormat) {}

    /// What a server's disks are, for an image of it.
    static String write(List<Kept> disks) {
        ArrayNode entries = JSON.createArrayNode();
        for (Kept kept : disks) {
            entries.add(entry(kept, entries.isEmpty()));
        }
        return entries.toString();
    }

    private static ObjectNode entry(Kept kept, boolean isRoot) {
        DiskSpec disk = kept.disk();
        boolean isVolume = disk.source() instanceof DiskSource.Volume;
        ObjectNode entry = JSON.createObjectNode();
        entry.put("device_name", "/dev/" + disk.target());
        entry.put("source_type", isVolume ? "snapshot" : "blank");
        entry.put("destination_type", isVolume ? "volume" : "local");
        entry.put("snapshot_id", kept.snapshot().map(SnapshotId::toString).orElse(null));
        entry.putNull("volume_id");
        entry.putNull("image_id");
        if (isRoot) {
            entry.put("boot_index", 0);
        } else {
            entry.putNull("boot_index");
        }
        entry.put("guest_format", kept.guestFormat().orElse(null));
        entry.put(
                "volume_size",
                kept.guestFormat().isPresent()
                        ? disk.size().mibRoundedUp()
                        : disk.size().gibRoundedUp());
        entry.put("disk_bus", "virtio");
        entry.put("device_type", "disk");
        entry.put("delete_on_termination", !isVolume || kept.onTermination() == OnTermination.DELETE);
        entry.put("volume_type", kept.volumeType().orElse(null));
        entry.putNull("no_device");
        entry.putNull("tag");
        entry.put("encrypted", false);
        entry.putNull("encryption_secret_uuid");
        entry.putNull("encryption_format");
        entry.putNull("encryption_options");
        return entry;
    }
}
