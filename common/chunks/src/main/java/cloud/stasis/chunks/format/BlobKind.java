package cloud.stasis.chunks.format;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;

/// What the writer of a pack stored a blob as. For people and collectors: a blob is found by its digest alone,
/// and whoever reads it as a node checks that it is one.
public enum BlobKind {
    CHUNK(1, 1, TreeShape.LEAF_BYTES),
    NODE(2, 1, Node.MAX_BYTES);

    private final byte code;
    private final int minBytes;
    private final int maxBytes;

    BlobKind(int code, int minBytes, int maxBytes) {
        this.code = (byte) code;
        this.minBytes = minBytes;
        this.maxBytes = maxBytes;
    }

    public byte code() {
        return code;
    }

    boolean allows(int plainLength) {
        return plainLength >= minBytes && plainLength <= maxBytes;
    }

    static BlobKind of(byte code) {
        for (BlobKind kind : values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        throw new StasisException(ErrorCode.MALFORMED_OBJECT, "blob kind " + code + " is not known here");
    }
}
