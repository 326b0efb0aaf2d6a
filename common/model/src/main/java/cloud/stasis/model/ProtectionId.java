package cloud.stasis.model;

import java.util.UUID;

/// Names the continuous protection of one instance, from its first epoch until it is given up or taken over.
public record ProtectionId(UUID value) {
    public static ProtectionId random() {
        return new ProtectionId(UUID.randomUUID());
    }

    /// @throws StasisException `INVALID_ID` unless `text` is a UUID in its usual or its 32-digit form
    public static ProtectionId parse(String text) {
        return new ProtectionId(Uuids.parse("protection id", text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
