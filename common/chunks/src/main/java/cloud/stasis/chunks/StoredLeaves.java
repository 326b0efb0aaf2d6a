package cloud.stasis.chunks;

import java.util.BitSet;

/// The leaves of a content that are stored, counted from left to right, and in *spans* of equally many leaves: what
/// a format of disk images needs that has a table for each span that is not empty, and its data in the order of the
/// disk.
///
/// Memory: a bit for each leaf and 8 bytes for each span.
public final class StoredLeaves {
    private final BitSet stored;
    private final int inSpan;
    private final int spans;

    /// Stored leaves before each span, and the sum at the end; those of an empty span have the same number.
    private final int[] leavesBefore;

    /// Spans that are not empty before each, and the sum at the end.
    private final int[] filledBefore;

    /// @param stored a bit for each leaf, see [ContentReader#stored]
    /// @param leaves how many the content has
    /// @param inSpan how many a span has
    public StoredLeaves(BitSet stored, long leaves, int inSpan) {
        this.stored = stored;
        this.inSpan = inSpan;
        this.spans = (int) Math.max(1, Math.ceilDiv(leaves, (long) inSpan));
        this.leavesBefore = new int[spans + 1];
        this.filledBefore = new int[spans + 1];
        for (int span = 0; span < spans; span++) {
            int here = stored.get(span * inSpan, (span + 1) * inSpan).cardinality();
            leavesBefore[span + 1] = leavesBefore[span] + here;
            filledBefore[span + 1] = filledBefore[span] + (here > 0 ? 1 : 0);
        }
    }

    public int spans() {
        return spans;
    }

    /// How many leaves are stored.
    public int count() {
        return leavesBefore[spans];
    }

    /// How many of them come before a span.
    public int countBefore(int span) {
        return leavesBefore[span];
    }

    /// How many spans are not empty.
    public int filled() {
        return filledBefore[spans];
    }

    /// How many of them come before a span.
    public int filledBefore(int span) {
        return filledBefore[span];
    }

    public boolean isFilled(int span) {
        return filledBefore[span + 1] > filledBefore[span];
    }

    public boolean isStored(int leaf) {
        return stored.get(leaf);
    }

    /// The first leaf behind this one that is not stored.
    public int endOfRun(int leaf) {
        return stored.nextClearBit(leaf);
    }

    /// Which leaf is stored leaf `number`.
    public int leaf(int number) {
        int span = spanOf(leavesBefore, number);
        int leaf = stored.nextSetBit(span * inSpan);
        for (int skip = number - leavesBefore[span]; skip > 0; skip--) {
            leaf = stored.nextSetBit(leaf + 1);
        }
        return leaf;
    }

    /// Which span is the one of number `number` of those that are not empty.
    public int filledSpan(int number) {
        return spanOf(filledBefore, number);
    }

    /// The last span with no more than `number` before it, since one that has none shares its count with the next.
    private int spanOf(int[] before, int number) {
        int low = 0;
        int high = spans;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (before[middle] <= number) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
