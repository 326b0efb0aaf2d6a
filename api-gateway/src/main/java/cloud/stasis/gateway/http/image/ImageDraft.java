package cloud.stasis.gateway.http.image;

import cloud.stasis.gateway.image.ContainerFormat;
import cloud.stasis.gateway.image.DiskFormat;
import cloud.stasis.gateway.image.Image;
import cloud.stasis.gateway.image.ImageDetails;
import cloud.stasis.gateway.image.ImageLimits;
import cloud.stasis.gateway.image.ImageState;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.gateway.image.Visibility;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// An image while a request describes or changes it, key by key. Knows which keys are the API's own, which of those
/// may be set, and what they may be; every other key is a property.
final class ImageDraft {
    private static final Set<String> READ_ONLY = Set.of(
            "id",
            "status",
            "size",
            "virtual_size",
            "checksum",
            "os_hash_algo",
            "os_hash_value",
            "created_at",
            "updated_at",
            "self",
            "file",
            "schema",
            "direct_url",
            "stores");
    private static final Set<String> RESERVED = Set.of("location", "locations", "deleted", "deleted_at");
    private static final String RESERVED_PREFIX = "os_glance";
    private static final Set<String> CORE = Set.of(
            "name",
            "visibility",
            "protected",
            "os_hidden",
            "disk_format",
            "container_format",
            "min_disk",
            "min_ram",
            "tags",
            "owner");
    /// Properties whose value may be null, which is as if they were not there.
    private static final Set<String> NULLABLE = Set.of("kernel_id", "ramdisk_id");

    private final boolean formatsFixed;
    private ProjectId owner;
    private String name = "";
    private boolean isProtected;
    private boolean isHidden;
    private Visibility visibility = Visibility.SHARED;
    private Optional<DiskFormat> diskFormat = Optional.empty();
    private Optional<ContainerFormat> containerFormat = Optional.empty();
    private int minDisk;
    private int minRam;
    private List<String> tags = List.of();
    private final Map<String, String> properties = new LinkedHashMap<>();

    /// A new one.
    ImageDraft(ProjectId owner) {
        this.owner = owner;
        this.formatsFixed = false;
    }

    /// One that is there.
    ImageDraft(Image image) {
        ImageDetails details = image.details();
        this.formatsFixed = !(image.state() instanceof ImageState.Queued);
        this.owner = image.owner();
        this.name = details.name();
        this.isProtected = details.isProtected();
        this.isHidden = details.isHidden();
        this.visibility = details.visibility();
        this.diskFormat = details.diskFormat();
        this.containerFormat = details.containerFormat();
        this.minDisk = details.minimum().diskGib();
        this.minRam = details.minimum().ramMib();
        this.tags = details.tags();
        this.properties.putAll(details.properties());
    }

    ProjectId owner() {
        return owner;
    }

    /// @throws StasisException `QUOTA_EXCEEDED` if it has too many tags or properties
    ImageDetails details() {
        if (tags.size() > ImageLimits.TAGS || properties.size() > ImageLimits.PROPERTIES) {
            throw new StasisException(
                    ErrorCode.QUOTA_EXCEEDED,
                    "An image has at most " + ImageLimits.TAGS + " tags and " + ImageLimits.PROPERTIES
                            + " properties.");
        }
        return new ImageDetails(
                name,
                isProtected,
                visibility,
                isHidden,
                diskFormat,
                containerFormat,
                new Images.MinimumSizes(minDisk, minRam),
                tags,
                properties);
    }

    /// The custom ones.
    Set<String> propertyNames() {
        return Set.copyOf(properties.keySet());
    }

    boolean has(String key) {
        return CORE.contains(key) || properties.containsKey(key);
    }

    void set(String key, JsonNode value) {
        checkSettable(key);
        switch (key) {
            case "name" -> name = value.isNull() ? "" : text(key, value, ImageLimits.NAME);
            case "visibility" -> visibility = named(key, value, Visibility::of);
            case "protected" -> isProtected = flag(key, value);
            case "os_hidden" -> isHidden = flag(key, value);
            case "disk_format" -> diskFormat = format(key, value, DiskFormat::of, diskFormat);
            case "container_format" -> containerFormat = format(key, value, ContainerFormat::of, containerFormat);
            case "min_disk" -> minDisk = count(key, value);
            case "min_ram" -> minRam = count(key, value);
            case "tags" -> tags = texts(key, value);
            case "owner" -> owner = new ProjectId(text(key, value, ImageLimits.NAME));
            default -> property(key, value);
        }
    }

    void remove(String key) {
        checkSettable(key);
        if (CORE.contains(key)) {
            throw forbidden("Property " + key + " may not be removed.");
        }
        if (properties.remove(key) == null) {
            throw new StasisException(ErrorCode.WRONG_STATE, "Property " + key + " does not exist.");
        }
    }

    /// @throws StasisException `ACCESS_DENIED` if the key is one that only we set
    static void checkSettable(String key) {
        if (READ_ONLY.contains(key)) {
            throw forbidden("Attribute '" + key + "' is read-only.");
        }
        if (RESERVED.contains(key) || key.startsWith(RESERVED_PREFIX)) {
            throw forbidden("Attribute '" + key + "' is reserved.");
        }
    }

    private void property(String key, JsonNode value) {
        if (key.isBlank() || key.codePointCount(0, key.length()) > ImageLimits.NAME) {
            throw invalid("the name of a property has 1 to " + ImageLimits.NAME + " characters");
        }
        if (value.isNull() && NULLABLE.contains(key)) {
            properties.remove(key);
            return;
        }
        String text = text(key, value, ImageLimits.PROPERTY_VALUE);
        if (NULLABLE.contains(key)) {
            text = imageId(key, text);
        }
        properties.put(key, text);
    }

    private static String imageId(String key, String text) {
        try {
            return ImageId.parse(text).toString();
        } catch (StasisException noId) {
            throw invalid(key + " must be the id of an image");
        }
    }

    private <T> Optional<T> format(
            String key, JsonNode value, Function<String, Optional<T>> parse, Optional<T> before) {
        Optional<T> wanted = value.isNull() ? Optional.empty() : Optional.of(named(key, value, parse));
        if (formatsFixed && !wanted.equals(before)) {
            throw forbidden("Attribute " + key + " can be only replaced for a queued image.");
        }
        return wanted;
    }

    private static <T> T named(String key, JsonNode value, Function<String, Optional<T>> parse) {
        return Optional.of(value)
                .filter(JsonNode::isTextual)
                .flatMap(node -> parse.apply(node.textValue()))
                .orElseThrow(() -> invalid(key + " is not one of the values that the image schema lists"));
    }

    private static String text(String key, JsonNode value, int maxLength) {
        if (!value.isTextual()) {
            throw invalid(key + " must be a string");
        }
        String text = value.textValue();
        if (text.codePointCount(0, text.length()) > maxLength || text.indexOf('\0') >= 0) {
            throw invalid(key + " must have at most " + maxLength + " characters, and no zero among them");
        }
        return text;
    }

    private static boolean flag(String key, JsonNode value) {
        if (!value.isBoolean()) {
            throw invalid(key + " must be true or false");
        }
        return value.booleanValue();
    }

    private static int count(String key, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
            throw invalid(key + " must be a whole number that is not negative");
        }
        return value.intValue();
    }

    private static List<String> texts(String key, JsonNode value) {
        if (!value.isArray()) {
            throw invalid(key + " must be a list");
        }
        Set<String> texts = new LinkedHashSet<>();
        value.forEach(entry -> texts.add(text(key, entry, ImageLimits.NAME)));
        return new ArrayList<>(texts);
    }

    private static StasisException invalid(String reason) {
        return new StasisException(
                ErrorCode.INVALID_REQUEST, "Provided object does not match schema 'image': " + reason + ".");
    }

    private static StasisException forbidden(String reason) {
        return new StasisException(ErrorCode.ACCESS_DENIED, reason);
    }
}
