package cloud.stasis.image.ova;

import cloud.stasis.chunks.ContentSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/// The hash of a whole member, read piece by piece.
final class OvaHash {
    private static final int PIECE_BYTES = 1024 * 1024;

    private OvaHash() {}

    /// Lower-case hexadecimal.
    static String of(ContentSource content, MessageDigest hash) throws IOException {
        long size = content.size().bytes();
        byte[] piece = new byte[(int) Math.min(PIECE_BYTES, size)];
        for (long at = 0; at < size; ) {
            int length = (int) Math.min(piece.length, size - at);
            content.read(at, ByteBuffer.wrap(piece, 0, length));
            hash.update(piece, 0, length);
            at += length;
        }
        return HexFormat.of().formatHex(hash.digest());
    }
}
