package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.Node;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.OptionalInt;

/// Everything that can be reached from some contents: a bit for each blob of the directory. Nodes are read and
/// verified, chunks are not read. For one thread.
///
/// A blob may be a chunk of one content and a node of another: bytes have no type of their own, and a tenant
/// may upload a node. So it is remembered apart what was seen and under what was walked.
final class Reach {
    private final StoreState state;
    private final BitSet reached = new BitSet();
    private final BitSet walked = new BitSet();

    Reach(StoreState state) {
        this.state = state;
    }

    /// @throws StasisException `MISSING_OBJECT` or another of its kind if something is not there
    void add(Manifest manifest) {
        manifest.parts().forEach(part -> add(part.content()));
    }

    void add(Content content) {
        Digest root = content.index().digest();
        if (!root.isZero()) {
            walk(root, new TreeShape(content.size()).depth());
        }
    }

    BitSet reached() {
        return reached;
    }

    private void walk(Digest digest, int level) {
        int number = reach(digest);
        if (walked.get(number)) {
            return;
        }
        Node node = Node.decode(ByteBuffer.wrap(state.fetch(digest).decode(digest)));
        if (node.level() != level) {
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT, "node " + digest + " does not belong where the index has it");
        }
        for (Digest child : node.children()) {
            if (!child.isZero()) {
                if (level > 1) {
                    walk(child, level - 1);
                } else {
                    reach(child);
                }
            }
        }
        walked.set(number);
    }

    private int reach(Digest digest) {
        OptionalInt number = state.directory.numberOf(digest);
        if (number.isEmpty()) {
            throw new StasisException(
                    ErrorCode.MISSING_OBJECT, "blob " + digest + " is named by a bundle and is not in the store");
        }
        reached.set(number.getAsInt());
        return number.getAsInt();
    }
}
