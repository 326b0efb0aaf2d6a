package cloud.stasis.chunks;

import cloud.stasis.chunks.format.TreeShape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Which leaves of a content changed: ranges, sorted, apart from each other, within the content.
final class LeafRanges {
    /// From the leaf `first` to before the leaf `end`.
    record Range(long first, long end) {}

    private final List<Range> ranges;
    private final TreeShape shape;

    private LeafRanges(List<Range> ranges, TreeShape shape) {
        this.ranges = ranges;
        this.shape = shape;
    }

    /// The leaves of `shape` that `extents` touch; what lies beyond its end is left out.
    static LeafRanges of(List<Extent> extents, TreeShape shape) {
        List<Range> sorted = extents.stream()
                .filter(extent -> extent.length() > 0)
                .map(extent -> new Range(
                        extent.offset() / TreeShape.LEAF_BYTES,
                        Math.min(Math.ceilDiv(extent.end(), (long) TreeShape.LEAF_BYTES), shape.leafCount())))
                .filter(range -> range.first < range.end)
                .sorted(Comparator.comparingLong(Range::first))
                .toList();
        List<Range> merged = new ArrayList<>();
        for (Range range : sorted) {
            if (!merged.isEmpty() && range.first <= merged.getLast().end) {
                Range last = merged.removeLast();
                merged.add(new Range(last.first, Math.max(last.end, range.end)));
            } else {
                merged.add(range);
            }
        }
        return new LeafRanges(merged, shape);
    }

    long bytes() {
        return ranges.stream()
                .mapToLong(range ->
                        Math.min(range.end * TreeShape.LEAF_BYTES, shape.size().bytes())
                                - range.first * TreeShape.LEAF_BYTES)
                .sum();
    }

    /// The changed leaves from `first` to before `end`, as ranges.
    List<Range> within(long first, long end) {
        List<Range> found = new ArrayList<>();
        for (int at = firstEndingAfter(first); at < ranges.size() && ranges.get(at).first < end; at++) {
            Range range = ranges.get(at);
            found.add(new Range(Math.max(first, range.first), Math.min(end, range.end)));
        }
        return found;
    }

    boolean touches(long first, long end) {
        int at = firstEndingAfter(first);
        return at < ranges.size() && ranges.get(at).first < end;
    }

    private int firstEndingAfter(long leaf) {
        int low = 0;
        int high = ranges.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ranges.get(middle).end > leaf) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
