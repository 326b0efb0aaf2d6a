package cloud.stasis.gateway.image;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the owner of an image says about it and may change.
///
/// @param isProtected it cannot be deleted
/// @param isHidden it is left out of lists
/// @param minimum what a machine needs to boot from it
/// @param properties custom ones, which stand beside the others in the API
public record ImageDetails(
        String name,
        boolean isProtected,
        Visibility visibility,
        boolean isHidden,
        Optional<DiskFormat> diskFormat,
        Optional<ContainerFormat> containerFormat,
        Images.MinimumSizes minimum,
        List<String> tags,
        Map<String, String> properties) {
    public ImageDetails {
        tags = List.copyOf(tags);
        properties = Map.copyOf(properties);
    }

    public ImageDetails with(List<String> otherTags) {
        return new ImageDetails(
                name, isProtected, visibility, isHidden, diskFormat, containerFormat, minimum, otherTags, properties);
    }

    public ImageDetails withProperties(Map<String, String> others) {
        return new ImageDetails(
                name, isProtected, visibility, isHidden, diskFormat, containerFormat, minimum, tags, others);
    }

    /// The same, so that it cannot be deleted.
    public ImageDetails protectedOne() {
        return new ImageDetails(
                name, true, visibility, isHidden, diskFormat, containerFormat, minimum, tags, properties);
    }

    public ImageDetails with(DiskFormat disk, ContainerFormat container) {
        return new ImageDetails(
                name,
                isProtected,
                visibility,
                isHidden,
                Optional.of(disk),
                Optional.of(container),
                minimum,
                tags,
                properties);
    }
}
