package cloud.stasis.chunks.format;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;

/// The shape of the index over content of a given size: it follows from the size alone, so that a reader knows
/// the level and the number of children of every node before it reads one.
///
/// Level 0 are the leaves, level [#depth] is the root. `(level, index)` names a place: the `index`-th subtree
/// of that level, counted from the left.
public record TreeShape(ByteCount size) {
    /// Bytes in a leaf. The cluster of qcow2 and the granularity of dirty bitmaps in QEMU.
    public static final int LEAF_BYTES = 64 * 1024;

    /// Children of a node. 50 MiB of writes scattered over 1 TiB touch at most 800 nodes of level 1 and 2 each:
    /// 3.3 MiB of index at 2056 bytes a node, where 256 children would cost 8.4 MiB.
    public static final int FAN_OUT = 64;

    /// No tree is deeper.
    public static final int MAX_DEPTH = 5;

    /// 64 TiB: as many leaves as a tree of [#MAX_DEPTH] can have.
    public static final ByteCount MAX_SIZE = ByteCount.ofGib(64 * 1024);

    private static final int FAN_OUT_BITS = 6;

    public TreeShape {
        if (size.compareTo(MAX_SIZE) > 0) {
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT, "content of " + size + " is larger than the format allows");
        }
    }

    public long leafCount() {
        return Math.ceilDiv(size.bytes(), (long) LEAF_BYTES);
    }

    /// The level of the root: 0 for empty content, which has no node, else at least 1.
    public int depth() {
        int depth = 0;
        while (depth == 0 ? !size.isZero() : places(depth) > 1) {
            depth++;
        }
        return depth;
    }

    /// How many subtrees there are at `level`.
    public long places(int level) {
        return Math.ceilDiv(leafCount(), leavesPerPlace(level));
    }

    /// How many children the node at `(level, index)` has.
    public int children(int level, long index) {
        return (int) Math.min(FAN_OUT, places(level - 1) - index * FAN_OUT);
    }

    /// How many bytes the leaf `index` has; only the last may be short.
    public int leafLength(long index) {
        return (int) Math.min(LEAF_BYTES, size.bytes() - index * LEAF_BYTES);
    }

    /// Whether every leaf that could be under `(level, index)` is there and whole.
    public boolean isFull(int level, long index) {
        return (index + 1) * leavesPerPlace(level) * LEAF_BYTES <= size.bytes();
    }

    /// The first leaf that is no longer under `(level, index)`.
    public long endLeaf(int level, long index) {
        return Math.min(leafCount(), (index + 1) * leavesPerPlace(level));
    }

    /// How many leaves a full subtree of `level` has.
    public static long leavesPerPlace(int level) {
        return 1L << (FAN_OUT_BITS * level);
    }
}
