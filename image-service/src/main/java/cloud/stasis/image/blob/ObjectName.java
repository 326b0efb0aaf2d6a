package cloud.stasis.image.blob;

import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.StasisException;
import java.util.Locale;

/// Names one object of a store: a manifest by the hash of its bytes, a pack by the hash of its directory; and
/// which incarnation of it.
public record ObjectName(Kind kind, Digest digest, Incarnation incarnation) {
    public enum Kind {
        PACK,
        MANIFEST;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// A pack that is to be stored.
    public static ObjectName newPack(Digest digest) {
        return new ObjectName(Kind.PACK, digest, Incarnation.random());
    }

    /// A manifest that is to be stored.
    public static ObjectName newManifest(ManifestId manifest) {
        return new ObjectName(Kind.MANIFEST, manifest.digest(), Incarnation.random());
    }

    /// @param file as [#file] has it
    /// @throws StasisException `INVALID_ID`
    public static ObjectName parse(Kind kind, String file) {
        int dot = file.indexOf('.');
        return dot < 0
                ? new ObjectName(kind, Digest.parse(file), Incarnation.NONE)
                : new ObjectName(
                        kind, Digest.parse(file.substring(0, dot)), Incarnation.parse(file.substring(dot + 1)));
    }

    /// @param text as [#toString] has it
    /// @throws StasisException `INVALID_ID`
    public static ObjectName parse(String text) {
        for (Kind kind : Kind.values()) {
            if (text.startsWith(kind + " ")) {
                return parse(kind, text.substring(kind.toString().length() + 1));
            }
        }
        throw new StasisException(ErrorCode.INVALID_ID, "an object is a pack or a manifest");
    }

    /// The last part of its place in every backend: the digest, and the incarnation behind a point.
    public String file() {
        return incarnation.equals(Incarnation.NONE) ? digest.toString() : digest + "." + incarnation.text();
    }

    @Override
    public String toString() {
        return kind + " " + file();
    }
}
