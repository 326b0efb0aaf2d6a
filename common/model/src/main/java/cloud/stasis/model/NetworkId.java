package cloud.stasis.model;

import java.util.UUID;

/// Names one network of the operator: on each host that reaches it, a bridge.
public record NetworkId(UUID value) {
    public static NetworkId random() {
        return new NetworkId(UUID.randomUUID());
    }

    /// @throws StasisException `INVALID_ID` unless `text` is a UUID in its usual or its 32-digit form
    public static NetworkId parse(String text) {
        return new NetworkId(Uuids.parse("network id", text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
