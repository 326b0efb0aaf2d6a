package cloud.stasis.model;

import java.util.UUID;

/// Names one instance: a libvirt domain that a tenant owns.
public record InstanceId(UUID value) {
    public static InstanceId random() {
        return new InstanceId(UUID.randomUUID());
    }

    /// @throws StasisException `INVALID_ID` unless `text` is a UUID in its usual or its 32-digit form
    public static InstanceId parse(String text) {
        return new InstanceId(Uuids.parse("instance id", text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
