package cloud.stasis.model;

/// Names a manifest: the digest of its canonical bytes.
public record ManifestId(Digest digest) {
    /// @throws StasisException `INVALID_ID` unless `text` is 64 lower-case hexadecimal digits
    public static ManifestId parse(String text) {
        return new ManifestId(Digest.parse(text));
    }

    @Override
    public String toString() {
        return digest.toString();
    }
}
