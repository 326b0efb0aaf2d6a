package cloud.stasis.model;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/// A SHA-256 value as four longs (big-endian), so that it compares and hashes without touching an array.
/// All zero bits is [#ZERO]: the name of content that is all zeros and therefore never stored.
public record Digest(long a, long b, long c, long d) implements Comparable<Digest> {
    /// Length in bytes.
    public static final int LENGTH = 32;

    /// Stands for "nothing but zeros" wherever a digest names content. No input is known that hashes to it.
    public static final Digest ZERO = new Digest(0, 0, 0, 0);

    /// Reads the next [#LENGTH] bytes of `buffer` and advances it.
    public static Digest read(ByteBuffer buffer) {
        return new Digest(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    }

    public static Digest of(byte[] sha256) {
        if (sha256.length != LENGTH) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a digest has 32 bytes");
        }
        return read(ByteBuffer.wrap(sha256));
    }

    /// @throws StasisException `INVALID_ID` unless `text` is 64 lower-case hexadecimal digits
    public static Digest parse(String text) {
        if (text.length() != 2 * LENGTH) {
            throw new StasisException(ErrorCode.INVALID_ID, "a digest is 64 hexadecimal digits");
        }
        for (int at = 0; at < text.length(); at++) {
            char digit = text.charAt(at);
            if (!(digit >= '0' && digit <= '9' || digit >= 'a' && digit <= 'f')) {
                throw new StasisException(ErrorCode.INVALID_ID, "a digest is 64 lower-case hexadecimal digits");
            }
        }
        return of(HexFormat.of().parseHex(text));
    }

    public void write(ByteBuffer buffer) {
        buffer.putLong(a).putLong(b).putLong(c).putLong(d);
    }

    public byte[] bytes() {
        ByteBuffer buffer = ByteBuffer.allocate(LENGTH);
        write(buffer);
        return buffer.array();
    }

    public boolean isZero() {
        return (a | b | c | d) == 0;
    }

    @Override
    public int compareTo(Digest other) {
        int order = Long.compareUnsigned(a, other.a);
        if (order == 0) {
            order = Long.compareUnsigned(b, other.b);
        }
        if (order == 0) {
            order = Long.compareUnsigned(c, other.c);
        }
        return order == 0 ? Long.compareUnsigned(d, other.d) : order;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(a);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes());
    }
}
