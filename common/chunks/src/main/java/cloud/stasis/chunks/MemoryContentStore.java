package cloud.stasis.chunks;

import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackEntry;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A content store that forgets everything when it is dropped: for tests and the simulated hypervisor. It cuts,
/// hashes, compresses and verifies exactly as the real one.
public final class MemoryContentStore implements ContentStore {
    private final Blobs blobs = new Blobs();
    private final ContentStore store = new ChunkedContentStore(blobs, TransferThreads.forThisMachine());

    @Override
    public UploadResult upload(ContentSource source, Content base, List<Extent> changed, TransferListener listener) {
        return store.upload(source, base, changed, listener);
    }

    @Override
    public void download(Content content, Path file, TransferListener listener) {
        store.download(content, file, listener);
    }

    @Override
    public void read(Content content, long offset, ByteBuffer into) {
        store.read(content, offset, into);
    }

    @Override
    public byte[] small(Content content, ByteCount limit) {
        return store.small(content, limit);
    }

    @Override
    public void hold(Content content) {
        store.hold(content);
    }

    /// What is below: to look at, and for tests to damage.
    public BlobExchange exchange() {
        return blobs;
    }

    /// Stored bytes of all blobs together.
    public ByteCount storedSize() {
        return ByteCount.ofBytes(
                blobs.byDigest.values().stream().mapToLong(StoredBlob::length).sum());
    }

    private static final class Blobs implements BlobExchange {
        private final Map<Digest, StoredBlob> byDigest = new ConcurrentHashMap<>();

        @Override
        public BitSet missing(List<Digest> digests) {
            BitSet missing = new BitSet(digests.size());
            for (int at = 0; at < digests.size(); at++) {
                missing.set(at, !byDigest.containsKey(digests.get(at)));
            }
            return missing;
        }

        @Override
        public void put(Pack pack) {
            for (PackEntry entry : pack.verify()) {
                byDigest.putIfAbsent(entry.digest(), pack.blob(entry));
            }
        }

        @Override
        public void hold(Content content) {
            if (!content.index().digest().isZero()) {
                blob(content.index().digest());
            }
        }

        @Override
        public List<StoredBlob> fetch(List<Digest> digests) {
            return digests.stream().map(this::blob).toList();
        }

        private StoredBlob blob(Digest digest) {
            StoredBlob blob = byDigest.get(digest);
            if (blob == null) {
                throw new StasisException(ErrorCode.MISSING_OBJECT, "the store has no blob " + digest);
            }
            return blob;
        }
    }
}
