package cloud.stasis.model;

import java.util.UUID;

/// Names one volume: a block device that outlives instances.
public record VolumeId(UUID value) {
    public static VolumeId random() {
        return new VolumeId(UUID.randomUUID());
    }

    /// @throws StasisException `INVALID_ID` unless `text` is a UUID in its usual or its 32-digit form
    public static VolumeId parse(String text) {
        return new VolumeId(Uuids.parse("volume id", text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
