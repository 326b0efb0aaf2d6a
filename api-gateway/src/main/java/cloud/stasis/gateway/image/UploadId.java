package cloud.stasis.gateway.image;

import java.util.UUID;

/// Names one attempt to upload the data of an image.
public record UploadId(UUID value) {
    public static UploadId random() {
        return new UploadId(UUID.randomUUID());
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
