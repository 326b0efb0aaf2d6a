package cloud.stasis.model;

import java.util.UUID;

/// Names one image of the image API.
public record ImageId(UUID value) {
    public static ImageId random() {
        return new ImageId(UUID.randomUUID());
    }

    /// @throws StasisException `INVALID_ID` unless `text` is a UUID in its usual or its 32-digit form
    public static ImageId parse(String text) {
        return new ImageId(Uuids.parse("image id", text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
