package cloud.stasis.gateway.snapshot;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.UUID;

/// Names one instant of several servers.
public record InstantId(UUID value) {
    public static InstantId random() {
        return new InstantId(UUID.randomUUID());
    }

    /// @throws StasisException `INVALID_ID` unless `text` is a UUID
    public static InstantId parse(String text) {
        try {
            return new InstantId(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            throw new StasisException(ErrorCode.INVALID_ID, "the id of an instant is a UUID", e);
        }
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
