package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.BlockDevice;
import cloud.stasis.gateway.compute.MappedDevice;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.Microversion;
import cloud.stasis.gateway.volume.VolumeState.OnTermination;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.StasisException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The disks of a server in the body of `POST /servers`: `imageRef`, `block_device_mapping_v2`, and
/// `block_device_mapping` as the first version of clients writes it.
///
/// All disks are virtio; what asks for another bus is refused. Guests find volumes by their serial, tenants by
/// their tag.
///
/// @param medium the image that lies in the drive: a device of the type `cdrom`
record BlockDevicesRequest(Optional<ImageId> image, List<BlockDevice> devices, Optional<ImageId> medium) {
    private static final int MAX_TEXT = 255;
    static final int MAX_TAG = 60;

    private static final String ROOT = "vda";
    private static final String BUS = "virtio";
    private static final String DISK = "disk";
    private static final String CDROM = "cdrom";
    private static final Pattern DEVICE_NAME = Pattern.compile("[A-Za-z0-9_/.-]+");

    static BlockDevicesRequest of(JsonFields server, Microversion version) {
        Optional<ImageId> image = server.optionalText("imageRef", MAX_TEXT)
                .filter(text -> !text.isEmpty())
                .map(BlockDevicesRequest::imageId);
        List<JsonFields> first = server.objects("block_device_mapping", DeviceName.MAX_VIRTIO);
        List<JsonFields> second = server.objects("block_device_mapping_v2", DeviceName.MAX_VIRTIO);
        if (!first.isEmpty() && !second.isEmpty()) {
            throw bad("Using different block_device_mapping syntaxes is not allowed in the same request.");
        }
        List<BlockDevice> devices = new ArrayList<>(legacy(first, image.isPresent()));
        Optional<ImageId> medium = Optional.empty();
        for (JsonFields device : second) {
            Optional<MappedDevice> mapped = mapped(device, version);
            if (device.optionalText("device_type", MAX_TEXT).orElse("").equals(CDROM)) {
                if (medium.isPresent()) {
                    throw bad("Block Device Mapping is Invalid: a server has one drive.");
                }
                medium = Optional.of(imageId(device.text("uuid", MAX_TEXT)));
            } else {
                mapped.ifPresent(found -> devices.add(found.device()));
            }
        }
        return new BlockDevicesRequest(image.or(() -> imageOf(devices)), devices, medium);
    }

    /// More than Nova takes: the image may be named by the root disk alone.
    private static Optional<ImageId> imageOf(List<BlockDevice> devices) {
        return devices.stream()
                .flatMap(device ->
                        device.origin() instanceof BlockDevice.LocalImage(ImageId id) ? Stream.of(id) : Stream.empty())
                .findFirst();
    }

    private static Optional<MappedDevice> mapped(JsonFields device, Microversion version) {
        List<String> known = new ArrayList<>(List.of(
                "boot_index",
                "uuid",
                "source_type",
                "destination_type",
                "volume_size",
                "delete_on_termination",
                "device_name",
                "disk_bus",
                "device_type",
                "guest_format",
                "no_device"));
        if (version.atLeast(2, 42) || version.atLeast(2, 32) && !version.atLeast(2, 37)) {
            known.add("tag");
        }
        if (version.atLeast(2, 67)) {
            known.add("volume_type");
        }
        device.only(known.toArray(String[]::new));
        String type = given(device, "device_type").orElse(DISK);
        if (!type.equals(DISK) && !type.equals(CDROM)) {
            throw bad("Block Device Mapping is Invalid: device_type must be " + DISK + " or " + CDROM + ".");
        }
        if (type.equals(DISK)
                && given(device, "disk_bus").filter(bus -> !bus.equals(BUS)).isPresent()) {
            throw bad("Block Device Mapping is Invalid: disk_bus of a disk must be " + BUS + ".");
        }
        Optional<String> tag = device.optionalText("tag", MAX_TAG);
        tag.ifPresent(given -> ServerRequest.tags(List.of(given)));
        if (isNoDevice(device)) {
            return Optional.empty();
        }
        return Optional.of(new MappedDevice(
                device.optionalText("source_type", MAX_TEXT),
                device.optionalText("destination_type", MAX_TEXT),
                device.optionalText("uuid", MAX_TEXT),
                size(device),
                device.optionalText("volume_type", MAX_TEXT),
                device.optionalText("guest_format", MAX_TEXT).map(format -> format.toLowerCase(Locale.ROOT)),
                name(device),
                device.optionalInteger("boot_index"),
                onTermination(device),
                tag));
    }

    /// Says that something that the image asks for shall not be there; there is nothing to be left out here.
    private static boolean isNoDevice(JsonFields device) {
        return device.isText("no_device")
                ? !device.optionalText("no_device", MAX_TEXT).orElse("").isEmpty()
                : device.optionalLooseFlag("no_device").orElse(false);
    }

    /// Volumes and snapshots by device. Without an image the one that is called `vda` is booted from, or the first.
    private static List<BlockDevice> legacy(List<JsonFields> devices, boolean hasImage) {
        List<MappedDevice> mapped = devices.stream()
                .filter(device -> !isNoDevice(device))
                .map(BlockDevicesRequest::legacy)
                .toList();
        Optional<MappedDevice> root = hasImage
                ? Optional.empty()
                : mapped.stream()
                        .filter(device -> device.name().filter(ROOT::equals).isPresent())
                        .findFirst()
                        .or(() -> mapped.stream().findFirst());
        if (hasImage
                && mapped.stream()
                        .anyMatch(device -> device.name().filter(ROOT::equals).isPresent())) {
            throw bad("Invalid volume: The volume cannot be assigned the same device name as the root device " + ROOT);
        }
        return mapped.stream()
                .map(device -> root.filter(found -> found == device).isPresent() ? device.booted() : device)
                .map(MappedDevice::device)
                .toList();
    }

    private static MappedDevice legacy(JsonFields device) {
        device.only(
                "virtual_name",
                "volume_id",
                "snapshot_id",
                "volume_size",
                "device_name",
                "delete_on_termination",
                "no_device",
                "connection_info");
        Optional<String> snapshot = given(device, "snapshot_id");
        Optional<String> volume = given(device, "volume_id");
        Optional<String> virtual = given(device, "virtual_name");
        boolean isVolume = snapshot.isPresent() || volume.isPresent();
        if (!isVolume && virtual.isEmpty()) {
            throw bad("Block Device Mapping is Invalid: Unrecognized legacy format.");
        }
        return new MappedDevice(
                Optional.of(snapshot.isPresent() ? "snapshot" : volume.isPresent() ? "volume" : "blank"),
                Optional.of(isVolume ? "volume" : "local"),
                snapshot.or(() -> volume),
                size(device),
                Optional.empty(),
                virtual.filter("swap"::equals),
                name(device),
                Optional.empty(),
                onTermination(device),
                Optional.empty());
    }

    private static Optional<String> given(JsonFields device, String name) {
        return device.optionalText(name, MAX_TEXT).filter(text -> !text.isEmpty());
    }

    private static Optional<Integer> size(JsonFields device) {
        boolean isEmpty = device.optionalTextIfText("volume_size", MAX_TEXT)
                .filter(String::isEmpty)
                .isPresent();
        Optional<Integer> size = isEmpty ? Optional.empty() : device.optionalNumber("volume_size");
        size.filter(given -> given < 1).ifPresent(given -> {
            throw bad("Invalid input for field/attribute volume_size: it must be at least 1.");
        });
        return size;
    }

    private static Optional<String> name(JsonFields device) {
        Optional<String> name = given(device, "device_name");
        name.filter(given -> !DEVICE_NAME.matcher(given).matches()).ifPresent(given -> {
            throw bad("Invalid input for field/attribute device_name: it holds what no device is called by.");
        });
        return name.map(given -> given.startsWith("/dev/") ? given.substring("/dev/".length()) : given);
    }

    private static OnTermination onTermination(JsonFields device) {
        return device.optionalLooseFlag("delete_on_termination").orElse(false)
                ? OnTermination.DELETE
                : OnTermination.KEEP;
    }

    private static ImageId imageId(String text) {
        try {
            return ImageId.parse(text);
        } catch (StasisException e) {
            throw bad("Invalid imageRef provided.");
        }
    }

    private static FaultException bad(String message) {
        return new FaultException(400, message);
    }
}
