package cloud.stasis.model;

import java.util.UUID;

/// The name under which a bundle is found: the only mutable thing in a store points from it to a manifest.
public record ReferenceName(Kind kind, UUID id) {
    public enum Kind {
        IMAGE,
        SNAPSHOT,
        /// A backup of the control plane's own state. It holds what all tenants have told the cloud: it is chosen
        /// only by its name or its kind, never among everything.
        STATE
    }

    public static ReferenceName of(ImageId image) {
        return new ReferenceName(Kind.IMAGE, image.value());
    }

    public static ReferenceName of(SnapshotId snapshot) {
        return new ReferenceName(Kind.SNAPSHOT, snapshot.value());
    }

    public static ReferenceName of(StateBackupId backup) {
        return new ReferenceName(Kind.STATE, backup.value());
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(java.util.Locale.ROOT) + "/" + id;
    }
}
