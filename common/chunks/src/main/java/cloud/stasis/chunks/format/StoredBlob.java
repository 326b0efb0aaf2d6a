package cloud.stasis.chunks.format;

import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.github.luben.zstd.ZstdException;
import java.util.Arrays;

/// A blob as it rests and travels: its stored bytes, unverified, as a slice of a larger array that nobody
/// changes.
public record StoredBlob(Encoding encoding, int plainLength, byte[] array, int offset, int length) {
    /// No blob is larger, whatever its kind.
    public static final int MAX_PLAIN_BYTES = TreeShape.LEAF_BYTES;

    public StoredBlob {
        if (plainLength < 1 || plainLength > MAX_PLAIN_BYTES || !encoding.allows(plainLength, length)) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "the lengths of a blob are out of bounds");
        }
    }

    /// Writes the plain bytes to `into` from `at` on; there must be room for [#plainLength] bytes. Never writes
    /// more, whatever a hostile frame expands to.
    ///
    /// @throws StasisException `HASH_MISMATCH` unless they have the digest `expected`
    public void decode(Digest expected, byte[] into, int at) {
        switch (encoding) {
            case PLAIN -> System.arraycopy(array, offset, into, at, length);
            case ZSTD -> decompress(expected, into, at);
        }
        if (!Sha256.of(into, at, plainLength).equals(expected)) {
            throw mismatch(expected, null);
        }
    }

    /// Verifies without copying what is stored plain.
    ///
    /// @return where the plain bytes begin: in [#array] if they are stored plain, else in `into`
    int decodeOrPoint(Digest expected, byte[] into) {
        if (encoding == Encoding.ZSTD) {
            decode(expected, into, 0);
            return 0;
        }
        if (!Sha256.of(array, offset, length).equals(expected)) {
            throw mismatch(expected, null);
        }
        return offset;
    }

    /// The plain bytes, verified.
    public byte[] decode(Digest expected) {
        byte[] plain = new byte[plainLength];
        decode(expected, plain, 0);
        return plain;
    }

    private void decompress(Digest expected, byte[] into, int at) {
        int written;
        try {
            written = Decompression.decompress(array, offset, length, into, at, plainLength);
        } catch (ZstdException e) {
            throw mismatch(expected, e);
        }
        if (written != plainLength) {
            throw mismatch(expected, null);
        }
    }

    private static StasisException mismatch(Digest expected, @org.jspecify.annotations.Nullable Exception cause) {
        return new StasisException(
                ErrorCode.HASH_MISMATCH, "the bytes that came for blob " + expected + " are not those it names", cause);
    }

    /// Whether there is nothing but zeros in a range: such a leaf is [Digest#ZERO] and is never stored.
    public static boolean isZero(byte[] bytes, int offset, int length) {
        return Arrays.equals(bytes, offset, offset + length, Zeros.LEAF, 0, length);
    }

    private static final class Zeros {
        static final byte[] LEAF = new byte[MAX_PLAIN_BYTES];
    }
}
