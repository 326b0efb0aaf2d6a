package cloud.stasis.gateway.image;

import cloud.stasis.gateway.image.Images.MinimumSizes;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.Part;
import cloud.stasis.model.ProjectId;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// An image as the metadata of its bundle tells it, so that the store alone is enough to know it again. The keys are
/// laid down in `docs/design/store-format.md`. Pure.
///
/// Whoever reads takes it from another site perhaps: what is too long is cut, and what makes no sense is left out.
public final class ImageDescription {
    /// Before each property's name.
    public static final String PROPERTY = "property.";

    /// Of properties; what is over is left out. A manifest has 512 KiB, and travels in messages of as many.
    private static final int MOST_PROPERTY_CHARACTERS = 100 * 1024;

    private static final List<String> BOOT_IMAGES = List.of("kernel_id", "ramdisk_id");
    private static final ObjectMapper JSON = new ObjectMapper();

    private ImageDescription() {}

    /// @param projectName of the owner, if it is known
    public static Map<String, String> write(Image image, Optional<String> projectName) {
        ImageDetails details = image.details();
        Map<String, String> text = new TreeMap<>();
        text.put("name", details.name());
        text.put("project", image.owner().value());
        projectName.ifPresent(name -> text.put("project_name", name));
        text.put("created_at", image.createdAt().toString());
        text.put("visibility", details.visibility().wireName());
        text.put("protected", Boolean.toString(details.isProtected()));
        text.put("hidden", Boolean.toString(details.isHidden()));
        text.put("min_disk", Integer.toString(details.minimum().diskGib()));
        text.put("min_ram", Integer.toString(details.minimum().ramMib()));
        text.put("tags", json(details.tags()));
        details.diskFormat().ifPresent(format -> text.put("disk_format", format.wireName()));
        details.containerFormat().ifPresent(format -> text.put("container_format", format.wireName()));
        image.state().kept().flatMap(ImageContent::checksums).ifPresent(known -> {
            text.put("checksum", known.md5());
            text.put("os_hash_algo", "sha512");
            text.put("os_hash_value", known.sha512());
        });
        needs(details.properties()).ifPresent(needs -> text.put("needs", needs));
        putProperties(details.properties(), text);
        return text;
    }

    /// What else a machine needs that boots from an image with these properties, as names of bundles.
    public static Optional<String> needs(Map<String, String> properties) {
        List<String> images = BOOT_IMAGES.stream()
                .map(name -> properties.getOrDefault(name, ""))
                .filter(ImageDescription::isImageId)
                .map(id -> "image/" + id)
                .toList();
        return images.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", images));
    }

    /// @param fileSize what a download gives
    /// @param isBelieved whether who may see it is taken from the bundle; else only the owner may
    public static Image read(
            ImageId id, ProjectId owner, Manifest manifest, ByteCount fileSize, boolean isBelieved, Instant now) {
        Map<String, String> text = manifest.metadata();
        Optional<ByteCount> virtualSize = manifest.parts().stream()
                .filter(Part.Disk.class::isInstance)
                .map(part -> part.content().size())
                .findFirst();
        ImageDetails details = new ImageDetails(
                cut(text.getOrDefault("name", "")),
                isBelieved && Boolean.parseBoolean(text.get("protected")),
                isBelieved
                        ? Visibility.of(text.getOrDefault("visibility", "")).orElse(Visibility.PRIVATE)
                        : Visibility.PRIVATE,
                isBelieved && Boolean.parseBoolean(text.get("hidden")),
                Optional.of(DiskFormat.of(text.getOrDefault("disk_format", ""))
                        .orElse(virtualSize.isPresent() ? DiskFormat.QCOW2 : DiskFormat.RAW)),
                Optional.of(ContainerFormat.of(text.getOrDefault("container_format", ""))
                        .orElse(ContainerFormat.BARE)),
                new MinimumSizes(number(text.get("min_disk")), number(text.get("min_ram"))),
                tags(text.getOrDefault("tags", "[]")),
                properties(text));
        ImageContent content = new ImageContent(fileSize, virtualSize, checksums(text), manifest.parts());
        return new Image(id, owner, details, new ImageState.Active(content), createdAt(manifest), now);
    }

    private static void putProperties(Map<String, String> properties, Map<String, String> text) {
        int characters = 0;
        for (Map.Entry<String, String> property : new TreeMap<>(properties).entrySet()) {
            characters += property.getKey().length() + property.getValue().length();
            if (characters > MOST_PROPERTY_CHARACTERS) {
                return;
            }
            text.put(PROPERTY + property.getKey(), property.getValue());
        }
    }

    private static Map<String, String> properties(Map<String, String> text) {
        Map<String, String> properties = new TreeMap<>();
        text.forEach((key, value) -> {
            String name = key.startsWith(PROPERTY) ? key.substring(PROPERTY.length()) : "";
            boolean isSane = !name.isEmpty()
                    && name.length() <= ImageLimits.NAME
                    && value.length() <= ImageLimits.PROPERTY_VALUE
                    && properties.size() < ImageLimits.PROPERTIES;
            if (isSane) {
                properties.put(name, value);
            }
        });
        return properties;
    }

    private static List<String> tags(String text) {
        try {
            List<String> tags = JSON.readValue(text, new TypeReference<>() {});
            return tags.stream()
                    .filter(tag -> !tag.isEmpty() && tag.length() <= ImageLimits.NAME)
                    .distinct()
                    .limit(ImageLimits.TAGS)
                    .toList();
        } catch (JsonProcessingException e) {
            return List.of();
        }
    }

    private static Optional<Checksums> checksums(Map<String, String> text) {
        String md5 = text.getOrDefault("checksum", "");
        String sha512 = text.getOrDefault("os_hash_value", "");
        return md5.matches("[0-9a-f]{32}") && sha512.matches("[0-9a-f]{128}")
                ? Optional.of(new Checksums(md5, sha512))
                : Optional.empty();
    }

    private static Instant createdAt(Manifest manifest) {
        try {
            return Instant.parse(manifest.metadata().getOrDefault("created_at", ""));
        } catch (DateTimeException e) {
            return manifest.takenAt();
        }
    }

    private static int number(@org.jspecify.annotations.Nullable String text) {
        return text != null && text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
    }

    private static String cut(String name) {
        return name.length() <= ImageLimits.NAME ? name : name.substring(0, ImageLimits.NAME);
    }

    private static boolean isImageId(String text) {
        return text.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    }

    private static String json(List<String> tags) {
        try {
            return JSON.writeValueAsString(tags);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts can be written", e);
        }
    }
}
