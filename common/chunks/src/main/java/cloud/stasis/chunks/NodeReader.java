package cloud.stasis.chunks;

import cloud.stasis.chunks.format.Node;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Fetches nodes in batches, verifies them, and remembers some. A node that it gives has the digest asked for;
/// whether it belongs where the caller found its name is for the caller to check ([Node#requireAt]).
final class NodeReader {
    /// 1024 nodes are 4 GiB of content at level 1, and about 4 MiB of memory.
    private static final int MAX_CACHED = 1024;

    private final BlobExchange exchange;
    private final Map<Digest, Node> cache = Collections.synchronizedMap(new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Digest, Node> eldest) {
            return size() > MAX_CACHED;
        }
    });

    NodeReader(BlobExchange exchange) {
        this.exchange = exchange;
    }

    Node node(Digest digest) {
        Node cached = cache.get(digest);
        return cached != null
                ? cached
                : Objects.requireNonNull(nodes(List.of(digest)).get(digest));
    }

    /// All of these; ZERO is passed over.
    Map<Digest, Node> nodes(List<Digest> digests) {
        Map<Digest, Node> found = new HashMap<>();
        List<Digest> wanted = new ArrayList<>();
        for (Digest digest : digests.stream().distinct().toList()) {
            Node cached = cache.get(digest);
            if (cached != null) {
                found.put(digest, cached);
            } else if (!digest.isZero()) {
                wanted.add(digest);
            }
        }
        for (int from = 0; from < wanted.size(); from += BlobExchange.MAX_FETCH) {
            List<Digest> batch = wanted.subList(from, Math.min(wanted.size(), from + BlobExchange.MAX_FETCH));
            List<StoredBlob> blobs = exchange.fetch(batch);
            for (int at = 0; at < batch.size(); at++) {
                byte[] plain = new byte[blobs.get(at).plainLength()];
                Arrival.decode(exchange, blobs.get(at), batch.get(at), plain, 0);
                Node node = Node.decode(ByteBuffer.wrap(plain));
                cache.put(batch.get(at), node);
                found.put(batch.get(at), node);
            }
        }
        return found;
    }

    /// The children of the subtree `digest` that stands at `(level, index)`: those of its node, or as many
    /// zeros.
    List<Digest> children(Digest digest, TreeShape shape, int level, long index) {
        if (digest.isZero()) {
            Digest[] zeros = new Digest[shape.children(level, index)];
            Arrays.fill(zeros, Digest.ZERO);
            return Arrays.asList(zeros);
        }
        return node(digest).requireAt(shape, level, index).children();
    }

    /// Makes the next calls of [#children] for these answer from memory. At most [TreeShape#FAN_OUT] of them.
    void prefetch(List<Digest> digests) {
        nodes(digests);
    }

    /// Content whose size and root do not go together was never written by us.
    static void requireSane(Content content, TreeShape shape) {
        if (shape.depth() == 0 && !content.index().digest().isZero()) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "empty content has no index");
        }
    }
}
