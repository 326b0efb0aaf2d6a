package cloud.stasis.chunks.format;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;

/// How a blob's bytes are stored. Its digest is always that of its plain bytes.
public enum Encoding {
    PLAIN(0),
    /// One zstd frame, without dictionary; shorter than the plain bytes.
    ZSTD(1);

    private final byte code;

    Encoding(int code) {
        this.code = (byte) code;
    }

    public byte code() {
        return code;
    }

    /// Whether so many stored bytes may stand for so many plain ones.
    boolean allows(int plainLength, int storedLength) {
        return switch (this) {
            case PLAIN -> storedLength == plainLength;
            case ZSTD -> storedLength > 0 && storedLength < plainLength;
        };
    }

    public static Encoding of(byte code) {
        for (Encoding encoding : values()) {
            if (encoding.code == code) {
                return encoding;
            }
        }
        throw new StasisException(ErrorCode.MALFORMED_OBJECT, "blob encoding " + code + " is not known here");
    }
}
