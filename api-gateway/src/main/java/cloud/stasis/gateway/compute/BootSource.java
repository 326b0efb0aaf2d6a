package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.image.ImageRecord;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Part;
import cloud.stasis.model.StasisException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What is known of that from which a server boots, be it an image or a volume.
///
/// @param image as the server remembers it; empty for a volume that was made of none
/// @param properties that say how it boots, its kernel among them
/// @param disk the content of an image; empty if a volume is booted from
record BootSource(
        Optional<SourceImage> image,
        Map<String, String> properties,
        int minDiskGib,
        int minRamMib,
        Optional<Part.Disk> disk) {
    /// What the volume API says of an image beside its properties.
    private static final Set<String> ABOUT_IMAGES = Set.of(
            "image_id", "image_name", "min_disk", "min_ram", "size", "checksum", "container_format", "disk_format");

    BootSource {
        properties = Map.copyOf(properties);
    }

    /// @throws StasisException `INVALID_REQUEST` if nothing can boot from it
    static BootSource of(ImageRecord image) {
        if (image.disk().isEmpty()) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "Image " + image.id() + " is not a disk that a server can boot from.");
        }
        return new BootSource(
                Optional.of(SourceImage.of(image)),
                image.properties(),
                image.minDiskGib(),
                image.minRamMib(),
                image.disk());
    }

    /// An image that stands for volumes, or of which a volume is made: none of its bytes are booted from here.
    static BootSource byVolumes(ImageRecord image) {
        return new BootSource(
                Optional.of(SourceImage.of(image)), image.properties(), 0, image.minRamMib(), Optional.empty());
    }

    /// A volume, by what is said of the image that it was made of.
    static BootSource of(Volume.Nature nature) {
        Map<String, String> properties = new TreeMap<>(nature.image());
        properties.keySet().removeAll(ABOUT_IMAGES);
        int minRam = number(nature.image().getOrDefault("min_ram", "0"));
        Optional<SourceImage> image = Optional.ofNullable(nature.image().get("image_id"))
                .flatMap(BootSource::imageId)
                .map(id -> new SourceImage(id, minRam, properties));
        return new BootSource(image, properties, 0, minRam, Optional.empty());
    }

    /// Tenants may write what is said of a volume's image.
    private static Optional<ImageId> imageId(String text) {
        try {
            return Optional.of(ImageId.parse(text));
        } catch (StasisException e) {
            return Optional.empty();
        }
    }

    private static int number(String text) {
        try {
            return Math.max(0, Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
