package cloud.stasis.model;

import java.util.UUID;

/// The name under which a bundle is found: the only mutable thing in a store points from it to a manifest.
public record ReferenceName(Kind kind, UUID id) {
    public enum Kind {
        IMAGE,
        SNAPSHOT
    }

    public static ReferenceName of(ImageId image) {
        return new ReferenceName(Kind.IMAGE, image.value());
    }

    public static ReferenceName of(SnapshotId snapshot) {
        return new ReferenceName(Kind.SNAPSHOT, snapshot.value());
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(java.util.Locale.ROOT) + "/" + id;
    }
}
