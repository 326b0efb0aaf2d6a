package cloud.stasis.gateway.compute;

import cloud.stasis.model.ImageId;
import java.util.Map;

/// The image that an instance was made from, as it was then: it may change or go.
public record SourceImage(ImageId id, int minRamMib, Map<String, String> properties) {
    public SourceImage {
        properties = Map.copyOf(properties);
    }
}
