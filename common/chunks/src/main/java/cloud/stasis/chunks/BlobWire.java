package cloud.stasis.chunks;

import cloud.stasis.chunks.format.Encoding;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// How an exchange of blobs stands in HTTP bodies, for both ends of the wire.
///
/// ```
/// digests    32 bytes each
/// missing    bit i of byte i / 8, least significant first, is set if digest i is missing
/// content    root 32  u64 size                                                                     big-endian
/// blobs      for each digest asked:  u8 encoding  u32 plain  u32 stored  stored bytes          big-endian
/// ```
public final class BlobWire {
    public static final String MISSING_PATH = "/store/v1/missing";
    public static final String BLOBS_PATH = "/store/v1/blobs";
    public static final String HELD_PATH = "/store/v1/held";
    public static final String SUSPECTS_PATH = "/store/v1/suspects";
    public static final String PACKS_PATH = "/store/v1/packs/";

    /// The largest answer to a fetch.
    public static final int MAX_BLOBS_BYTES = BlobExchange.MAX_FETCH * (9 + StoredBlob.MAX_PLAIN_BYTES);

    public static final int CONTENT_BYTES = Digest.LENGTH + Long.BYTES;

    private static final int BLOB_HEADER_BYTES = 9;

    private BlobWire() {}

    public static byte[] writeDigests(List<Digest> digests) {
        ByteBuffer body = ByteBuffer.allocate(digests.size() * Digest.LENGTH);
        digests.forEach(digest -> digest.write(body));
        return body.array();
    }

    /// @throws StasisException `INVALID_REQUEST` unless the body is 1 to `most` digests
    public static List<Digest> readDigests(byte[] body, int most) {
        if (body.length == 0 || body.length % Digest.LENGTH != 0 || body.length / Digest.LENGTH > most) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "expected 1 to " + most + " digests of 32 bytes each");
        }
        ByteBuffer bytes = ByteBuffer.wrap(body);
        List<Digest> digests = new ArrayList<>(body.length / Digest.LENGTH);
        while (bytes.hasRemaining()) {
            digests.add(Digest.read(bytes));
        }
        return digests;
    }

    public static byte[] writeContent(Content content) {
        ByteBuffer body = ByteBuffer.allocate(CONTENT_BYTES);
        content.index().digest().write(body);
        return body.putLong(content.size().bytes()).array();
    }

    /// @throws StasisException `INVALID_REQUEST` unless the body is a content
    public static Content readContent(byte[] body) {
        ByteBuffer bytes = ByteBuffer.wrap(body);
        if (body.length != CONTENT_BYTES || bytes.getLong(Digest.LENGTH) < 0) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "expected a content: a root and a size");
        }
        return new Content(new IndexId(Digest.read(bytes)), ByteCount.ofBytes(bytes.getLong()));
    }

    public static byte[] writeMissing(BitSet missing, int count) {
        byte[] bits = new byte[Math.ceilDiv(count, 8)];
        byte[] set = missing.toByteArray();
        System.arraycopy(set, 0, bits, 0, set.length);
        return bits;
    }

    public static BitSet readMissing(byte[] body, int count) {
        if (body.length != Math.ceilDiv(count, 8)) {
            throw lied("a bitmap of another length");
        }
        return BitSet.valueOf(body);
    }

    public static int length(List<StoredBlob> blobs) {
        return blobs.stream()
                .mapToInt(blob -> BLOB_HEADER_BYTES + blob.length())
                .sum();
    }

    public static byte[] writeBlobs(List<StoredBlob> blobs) {
        ByteBuffer body = ByteBuffer.allocate(length(blobs));
        for (StoredBlob blob : blobs) {
            body.put(header(blob)).put(blob.array(), blob.offset(), blob.length());
        }
        return body.array();
    }

    /// What stands before the stored bytes of a blob.
    public static byte[] header(StoredBlob blob) {
        return ByteBuffer.allocate(BLOB_HEADER_BYTES)
                .put(blob.encoding().code())
                .putInt(blob.plainLength())
                .putInt(blob.length())
                .array();
    }

    /// The blobs as slices of `body`, unverified.
    public static List<StoredBlob> readBlobs(byte[] body, int count) {
        ByteBuffer bytes = ByteBuffer.wrap(body);
        List<StoredBlob> blobs = new ArrayList<>(count);
        for (int at = 0; at < count; at++) {
            if (bytes.remaining() < BLOB_HEADER_BYTES) {
                throw lied("fewer blobs than asked for");
            }
            Encoding encoding = Encoding.of(bytes.get());
            int plain = bytes.getInt();
            int stored = bytes.getInt();
            if (stored < 0 || stored > bytes.remaining()) {
                throw lied("a blob that is cut off");
            }
            blobs.add(new StoredBlob(encoding, plain, body, bytes.position(), stored));
            bytes.position(bytes.position() + stored);
        }
        if (bytes.hasRemaining()) {
            throw lied("more than was asked for");
        }
        return blobs;
    }

    private static StasisException lied(String what) {
        return new StasisException(ErrorCode.MALFORMED_OBJECT, "the store answered with " + what);
    }
}
