package cloud.stasis.chunks;

import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;

/// Verifies what a store sent, and tells the store if it was wrong: nobody else may read that blob for a week.
final class Arrival {
    private Arrival() {}

    /// @throws StasisException `HASH_MISMATCH`
    static void decode(BlobExchange from, StoredBlob blob, Digest digest, byte[] into, int at) {
        try {
            blob.decode(digest, into, at);
        } catch (StasisException e) {
            if (e.code() == ErrorCode.HASH_MISMATCH) {
                tell(from, digest, e);
            }
            throw e;
        }
    }

    private static void tell(BlobExchange from, Digest digest, StasisException why) {
        try {
            from.suspect(digest);
        } catch (StasisException e) {
            // The scrub finds it, later.
            why.addSuppressed(e);
        }
    }
}
