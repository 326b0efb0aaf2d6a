package cloud.stasis.gateway.volume;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.UUID;

/// Names one type of volumes.
public record VolumeTypeId(UUID value) {
    public static VolumeTypeId random() {
        return new VolumeTypeId(UUID.randomUUID());
    }

    /// @throws StasisException `INVALID_ID` unless `text` is a UUID
    public static VolumeTypeId parse(String text) {
        try {
            return new VolumeTypeId(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            throw new StasisException(ErrorCode.INVALID_ID, "a volume type id is a UUID", e);
        }
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
