package cloud.stasis.model;

import java.util.UUID;

/// Names one backup of the control plane's own state.
public record StateBackupId(UUID value) {
    public static StateBackupId random() {
        return new StateBackupId(UUID.randomUUID());
    }

    /// @throws StasisException `INVALID_ID` unless `text` is a UUID in its usual or its 32-digit form
    public static StateBackupId parse(String text) {
        return new StateBackupId(Uuids.parse("state backup id", text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
