package cloud.stasis.model;

/// Names an index: the digest of its root node. Content that is all zeros has the index [#ZERO].
public record IndexId(Digest digest) {
    public static final IndexId ZERO = new IndexId(Digest.ZERO);

    /// @throws StasisException `INVALID_ID` unless `text` is 64 lower-case hexadecimal digits
    public static IndexId parse(String text) {
        return new IndexId(Digest.parse(text));
    }

    @Override
    public String toString() {
        return digest.toString();
    }
}
