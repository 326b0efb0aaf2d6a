package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.Node;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Checks that an index is whole: every node is there, has its hash and the shape that its place asks for, and
/// every chunk is in the directory with the length of its leaf. What is in the directory is durable; what is
/// condemned counts as gone. Chunks are not read.
final class SealCheck {
    private final BlobDirectory directory;
    private final WholeNodes whole;
    private final Function<Digest, Node> nodes;

    /// @param nodes gives a node, verified
    SealCheck(BlobDirectory directory, WholeNodes whole, Function<Digest, Node> nodes) {
        this.directory = directory;
        this.whole = whole;
        this.nodes = nodes;
    }

    /// @throws StasisException `MISSING_OBJECT`, `HASH_MISMATCH` or `MALFORMED_OBJECT`
    void requireWhole(Content content) {
        TreeShape shape = new TreeShape(content.size());
        Digest root = content.index().digest();
        if (shape.depth() == 0) {
            if (!root.isZero()) {
                throw new StasisException(ErrorCode.MALFORMED_OBJECT, "empty content has no index");
            }
            return;
        }
        walk(shape, shape.depth(), 0, root, whole.now());
    }

    private void walk(TreeShape shape, int level, long index, Digest digest, long since) {
        boolean full = shape.isFull(level, index);
        if (digest.isZero() || full && whole.contains(digest)) {
            return;
        }
        Node node = nodes.apply(digest).requireAt(shape, level, index);
        List<Digest> children = node.children();
        for (int child = 0; child < children.size(); child++) {
            long place = index * TreeShape.FAN_OUT + child;
            if (level > 1) {
                walk(shape, level - 1, place, children.get(child), since);
            } else {
                requireChunk(children.get(child), shape.leafLength(place));
            }
        }
        if (full) {
            whole.add(digest, since);
        }
    }

    private void requireChunk(Digest chunk, int length) {
        if (chunk.isZero()) {
            return;
        }
        Optional<BlobDirectory.Found> found = directory.findLasting(chunk);
        if (found.isEmpty()) {
            throw new StasisException(
                    ErrorCode.MISSING_OBJECT, "an index names chunk " + chunk + " that is not in the store");
        }
        if (found.get().entry().plainLength() != length) {
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT,
                    "an index names blob " + chunk + " where a leaf of another length belongs");
        }
    }
}
