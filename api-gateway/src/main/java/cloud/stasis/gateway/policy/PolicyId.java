package cloud.stasis.gateway.policy;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.UUID;

/// Names one policy.
public record PolicyId(UUID value) {
    public static PolicyId random() {
        return new PolicyId(UUID.randomUUID());
    }

    /// @throws StasisException `INVALID_ID` unless `text` is a UUID
    public static PolicyId parse(String text) {
        try {
            return new PolicyId(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            throw new StasisException(ErrorCode.INVALID_ID, "a policy id is a UUID", e);
        }
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
