package cloud.stasis.model;

import java.util.UUID;

/// Names one network interface of an instance, for as long as the instance has it.
public record PortId(UUID value) {
    public static PortId random() {
        return new PortId(UUID.randomUUID());
    }

    /// @throws StasisException `INVALID_ID` unless `text` is a UUID in its usual or its 32-digit form
    public static PortId parse(String text) {
        return new PortId(Uuids.parse("port id", text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
