package cloud.stasis.chunks;

import cloud.stasis.chunks.format.Node;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.IndexId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Builds an index from left to right out of leaves and of whole subtrees that are known already, in memory
/// that does not grow with the content: at most one open node for each level. For one thread.
final class TreeAssembler {
    private final Function<Node, Digest> sink;
    private final List<List<Digest>> open = new ArrayList<>();

    /// @param sink is given each node as soon as it is whole, children first, and answers with its digest
    TreeAssembler(Function<Node, Digest> sink) {
        this.sink = sink;
        for (int level = 0; level <= TreeShape.MAX_DEPTH; level++) {
            open.add(new ArrayList<>(TreeShape.FAN_OUT));
        }
    }

    /// Adds the next subtree of `level`; level 0 is a leaf. It must begin where the last one ended.
    void add(int level, Digest digest) {
        open.get(level).add(digest);
        if (open.get(level).size() == TreeShape.FAN_OUT && level < TreeShape.MAX_DEPTH) {
            close(level);
        }
    }

    /// Closes what is open and gives the root. Everything of `shape` must have been added.
    Content finish(TreeShape shape) {
        int depth = shape.depth();
        for (int level = 0; level < depth; level++) {
            if (!open.get(level).isEmpty()) {
                close(level);
            }
        }
        List<Digest> root = open.get(depth);
        if (depth > 0 && root.size() != 1) {
            throw new IllegalStateException("the subtrees added do not make up " + shape.size());
        }
        return new Content(depth == 0 ? IndexId.ZERO : new IndexId(root.getFirst()), shape.size());
    }

    private void close(int level) {
        List<Digest> children = open.get(level);
        Digest digest =
                children.stream().allMatch(Digest::isZero) ? Digest.ZERO : sink.apply(new Node(level + 1, children));
        children.clear();
        add(level + 1, digest);
    }
}
