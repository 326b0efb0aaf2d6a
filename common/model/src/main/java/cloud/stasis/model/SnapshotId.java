package cloud.stasis.model;

import java.util.UUID;

/// Names one instance-level snapshot.
public record SnapshotId(UUID value) {
    public static SnapshotId random() {
        return new SnapshotId(UUID.randomUUID());
    }

    /// @throws StasisException `INVALID_ID` unless `text` is a UUID in its usual or its 32-digit form
    public static SnapshotId parse(String text) {
        return new SnapshotId(Uuids.parse("snapshot id", text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
