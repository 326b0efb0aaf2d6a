package cloud.stasis.gateway.volume;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.UUID;

/// Names one group of volumes.
public record VolumeGroupId(UUID value) {
    public static VolumeGroupId random() {
        return new VolumeGroupId(UUID.randomUUID());
    }

    /// @throws StasisException `INVALID_ID` unless `text` is a UUID
    public static VolumeGroupId parse(String text) {
        try {
            return new VolumeGroupId(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            throw new StasisException(ErrorCode.INVALID_ID, "a group id is a UUID", e);
        }
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
