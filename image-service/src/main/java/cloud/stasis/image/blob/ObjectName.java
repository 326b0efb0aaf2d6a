package cloud.stasis.image.blob;

import cloud.stasis.model.Digest;
import cloud.stasis.model.ManifestId;

/// Names one object of a store: a manifest by the hash of its bytes, a pack by the hash of its directory.
public record ObjectName(Kind kind, Digest digest) {
    public enum Kind {
        PACK,
        MANIFEST
    }

    public static ObjectName pack(Digest digest) {
        return new ObjectName(Kind.PACK, digest);
    }

    public static ObjectName of(ManifestId manifest) {
        return new ObjectName(Kind.MANIFEST, manifest.digest());
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(java.util.Locale.ROOT) + " " + digest;
    }
}
