package cloud.stasis.image.repository;

import cloud.stasis.chunks.format.Node;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.StasisException;
import java.util.BitSet;
import java.util.List;
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
    private final BitSet walkedAsFarAsThere = new BitSet();
    private boolean refreshed;

    Reach(StoreState state) {
        this.state = state;
    }

    /// @throws StasisException `MISSING_OBJECT` or another of its kind if something is not there
    void add(Manifest manifest) {
        manifest.parts().forEach(part -> walk(part.content(), false));
    }

    /// As much of it as is there: of what nobody can see yet, or any more, not all needs to be.
    void addWhatIsThere(Manifest manifest) {
        manifest.parts().forEach(part -> addWhatIsThere(part.content()));
    }

    void addWhatIsThere(Content content) {
        walk(content, true);
    }

    BitSet reached() {
        return reached;
    }

    /// Whether it was reached as a node, and everything below it that is there as well.
    boolean isWalked(int number) {
        return walked.get(number) || walkedAsFarAsThere.get(number);
    }

    private void walk(Content content, boolean lenient) {
        refreshed = false;
        Digest root = content.index().digest();
        if (!root.isZero()) {
            walk(root, new TreeShape(content.size()).depth(), lenient);
        }
    }

    private void walk(Digest digest, int level, boolean lenient) {
        int number = reach(digest, lenient);
        if (number < 0 || walked.get(number) || lenient && walkedAsFarAsThere.get(number)) {
            return;
        }
        for (Digest child : children(digest, level, lenient)) {
            if (!child.isZero()) {
                if (level > 1) {
                    walk(child, level - 1, lenient);
                } else {
                    reach(child, lenient);
                }
            }
        }
        (lenient ? walkedAsFarAsThere : walked).set(number);
    }

    private List<Digest> children(Digest digest, int level, boolean lenient) {
        try {
            Node node = state.node(digest);
            if (node.level() == level) {
                return node.children();
            }
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT, "node " + digest + " does not belong where the index has it");
        } catch (StasisException e) {
            if (lenient && StoreState.isDamage(e)) {
                return List.of();
            }
            throw e;
        }
    }

    /// @return its number; negative if it is not there
    private int reach(Digest digest, boolean lenient) {
        OptionalInt number = state.directory.numberOf(digest);
        if (number.isEmpty() && !refreshed) {
            // Another replica may have written it a moment ago.
            refreshed = true;
            state.catalog.refreshAfterMiss();
            number = state.directory.numberOf(digest);
        }
        if (number.isEmpty()) {
            if (lenient) {
                return -1;
            }
            throw new StasisException(
                    ErrorCode.MISSING_OBJECT, "blob " + digest + " is named by a bundle and is not in the store");
        }
        reached.set(number.getAsInt());
        return number.getAsInt();
    }
}
