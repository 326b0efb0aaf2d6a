package cloud.stasis.chunks.format;

import cloud.stasis.model.Digest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The hash that names everything. The JDK runs it on the processor's own instructions where there are any.
public final class Sha256 {
    private Sha256() {}

    public static Digest of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    public static Digest of(byte[] bytes, int offset, int length) {
        MessageDigest hash = start();
        hash.update(bytes, offset, length);
        return Digest.of(hash.digest());
    }

    /// For what comes in pieces.
    public static MessageDigest start() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
