package cloud.stasis.disks;

import cloud.stasis.chunks.Extent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Lists of extents as sets of bytes.
public final class Extents {
    private Extents() {}

    /// What is in either, in order, without overlaps; neighbours are joined.
    public static List<Extent> union(List<Extent> one, List<Extent> other) {
        List<Extent> joined = new ArrayList<>();
        Stream.concat(one.stream(), other.stream())
                .filter(extent -> extent.length() > 0)
                .sorted(Comparator.comparingLong(Extent::offset))
                .forEach(extent -> {
                    if (!joined.isEmpty() && joined.getLast().end() >= extent.offset()) {
                        Extent last = joined.removeLast();
                        long end = Math.max(last.end(), extent.end());
                        joined.add(new Extent(last.offset(), end - last.offset()));
                    } else {
                        joined.add(extent);
                    }
                });
        return List.copyOf(joined);
    }

    /// A superset in at most `limit` extents: the smallest gaps are filled first, by powers of two.
    public static List<Extent> coarse(List<Extent> extents, int limit) {
        List<Extent> coarser = union(extents, List.of());
        for (long gap = 64 * 1024; coarser.size() > limit; gap *= 2) {
            coarser = filled(coarser, gap);
        }
        return coarser;
    }

    private static List<Extent> filled(List<Extent> extents, long gap) {
        List<Extent> joined = new ArrayList<>();
        for (Extent extent : extents) {
            if (!joined.isEmpty() && extent.offset() - joined.getLast().end() <= gap) {
                Extent last = joined.removeLast();
                joined.add(new Extent(last.offset(), extent.end() - last.offset()));
            } else {
                joined.add(extent);
            }
        }
        return joined;
    }

    public static long bytes(List<Extent> extents) {
        return extents.stream().mapToLong(Extent::length).sum();
    }
}
