package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.ImageRecord;
import cloud.stasis.gateway.image.Images;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.StasisException;
import java.util.Map;

/// The image that an instance was made from, as it was then: it may change or go.
public record SourceImage(ImageId id, int minRamMib, Map<String, String> properties) {
    public SourceImage {
        properties = Map.copyOf(properties);
    }

    static SourceImage of(ImageRecord image) {
        return new SourceImage(image.id(), image.minRamMib(), image.properties());
    }

    /// @throws StasisException `INVALID_REQUEST` if the caller cannot see it, or it is not active
    static ImageRecord usable(Images images, Caller caller, ImageId id) {
        ImageRecord image = images.visibleTo(caller, id)
                .orElseThrow(() -> new StasisException(ErrorCode.INVALID_REQUEST, "Can not find requested image"));
        if (!image.isActive()) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "Image " + id + " is not active.");
        }
        return image;
    }
}
