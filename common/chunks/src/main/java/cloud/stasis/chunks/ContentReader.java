package cloud.stasis.chunks;

import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads ranges of content and of its index, verified. Memory: the leaves of one batch, 8 MiB, and some nodes
/// that it remembers. Safe from several threads.
public final class ContentReader {
    private static final int LEAF = TreeShape.LEAF_BYTES;

    private final BlobExchange exchange;
    private final NodeReader nodes;

    public ContentReader(BlobExchange exchange) {
        this.exchange = exchange;
        this.nodes = new NodeReader(exchange);
    }

    /// Fills `into` with the bytes from `offset` on.
    ///
    /// @throws StasisException `INVALID_REQUEST` if the range does not lie within the content
    public void read(Content content, long offset, ByteBuffer into) {
        TreeShape shape = shape(content);
        if (offset < 0 || offset > content.size().bytes() - into.remaining()) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "a read must lie within the content");
        }
        long at = offset;
        while (into.hasRemaining()) {
            long first = at / LEAF;
            long end = Math.ceilDiv(at + into.remaining(), (long) LEAF);
            List<Digest> digests = leaves(content, first, Math.min(end, first + BlobExchange.MAX_FETCH));
            Map<Digest, StoredBlob> blobs = fetch(digests);
            for (int leaf = 0; leaf < digests.size(); leaf++) {
                at += copy(digests.get(leaf), blobs, shape, at, into);
            }
        }
    }

    /// The content as a source.
    public ContentSource source(Content content) {
        return new ContentSource() {
            @Override
            public ByteCount size() {
                return content.size();
            }

            @Override
            public void read(long offset, ByteBuffer into) {
                ContentReader.this.read(content, offset, into);
            }
        };
    }

    /// The digests of the leaves from `first` to before `end`; [Digest#ZERO] for those that are all zeros.
    public List<Digest> leaves(Content content, long first, long end) {
        TreeShape shape = shape(content);
        List<Digest> leaves = new ArrayList<>();
        for (long at = first; at < end; ) {
            long group = at / TreeShape.FAN_OUT;
            long groupStart = group * TreeShape.FAN_OUT;
            List<Digest> children = group(content, shape, group);
            int to = (int) Math.min(children.size(), end - groupStart);
            leaves.addAll(children.subList((int) (at - groupStart), to));
            at = groupStart + TreeShape.FAN_OUT;
        }
        return leaves;
    }

    /// Which leaves are stored, that is, are not all zeros. A bit for each leaf: 2 MiB for 1 TiB.
    ///
    /// @throws StasisException `INVALID_REQUEST` if the content is larger than `most`
    public BitSet stored(Content content, ByteCount most) {
        TreeShape shape = shape(content);
        if (content.size().compareTo(most) > 0) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "content of " + content.size() + " is larger than the limit of " + most);
        }
        BitSet stored = new BitSet(Math.toIntExact(shape.leafCount()));
        if (shape.depth() > 0) {
            addStored(shape, shape.depth(), 0, content.index().digest(), stored);
        }
        return stored;
    }

    private void addStored(TreeShape shape, int level, long index, Digest digest, BitSet stored) {
        if (digest.isZero()) {
            return;
        }
        if (level == 0) {
            stored.set(Math.toIntExact(index));
            return;
        }
        List<Digest> children = nodes.children(digest, shape, level, index);
        if (level > 1) {
            nodes.prefetch(children);
        }
        for (int child = 0; child < children.size(); child++) {
            addStored(shape, level - 1, index * TreeShape.FAN_OUT + child, children.get(child), stored);
        }
    }

    /// Puts the verified plain bytes of a leaf where they belong.
    ///
    /// @throws StasisException `MALFORMED_OBJECT` if the index names a blob there that has not the length of a
    /// leaf
    static void decode(
            BlobExchange exchange, @Nullable StoredBlob blob, Digest digest, int length, byte[] into, int at) {
        if (blob == null || blob.plainLength() != length) {
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT,
                    "an index names blob " + digest + " where a leaf of another length belongs");
        }
        Arrival.decode(exchange, blob, digest, into, at);
    }

    private static TreeShape shape(Content content) {
        TreeShape shape = new TreeShape(content.size());
        NodeReader.requireSane(content, shape);
        return shape;
    }

    private List<Digest> group(Content content, TreeShape shape, long group) {
        Digest digest = content.index().digest();
        for (int level = shape.depth(); level > 1; level--) {
            int child = (int) (group / TreeShape.leavesPerPlace(level - 2) % TreeShape.FAN_OUT);
            long index = group / TreeShape.leavesPerPlace(level - 1);
            digest = nodes.children(digest, shape, level, index).get(child);
        }
        return nodes.children(digest, shape, 1, group);
    }

    private Map<Digest, StoredBlob> fetch(List<Digest> digests) {
        List<Digest> wanted =
                digests.stream().filter(digest -> !digest.isZero()).distinct().toList();
        List<StoredBlob> blobs = wanted.isEmpty() ? List.of() : exchange.fetch(wanted);
        Map<Digest, StoredBlob> found = new HashMap<>();
        for (int at = 0; at < blobs.size(); at++) {
            found.put(wanted.get(at), blobs.get(at));
        }
        return found;
    }

    /// Copies from the leaf that holds the byte `at`, up to its end or that of the buffer.
    private int copy(Digest digest, Map<Digest, StoredBlob> blobs, TreeShape shape, long at, ByteBuffer into) {
        int length = shape.leafLength(at / LEAF);
        int from = (int) (at % LEAF);
        int count = Math.min(length - from, into.remaining());
        byte[] plain = new byte[length];
        if (!digest.isZero()) {
            decode(exchange, blobs.get(digest), digest, length, plain, 0);
        }
        into.put(plain, from, count);
        return count;
    }
}
