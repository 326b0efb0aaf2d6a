package cloud.stasis.disks;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.Extent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExtentsTest {
    private static final long KIB = 1024;

    @Test
    void unionIsOrderedAndJoined() {
        List<Extent> union = Extents.union(
                List.of(new Extent(100, 10), new Extent(0, 10)), List.of(new Extent(5, 10), new Extent(110, 5)));

        assertThat(union).containsExactly(new Extent(0, 15), new Extent(100, 15));
    }

    @Test
    void coarseListIsShortAndLeavesNothingOut() {
        List<Extent> fine = new ArrayList<>();
        for (int at = 0; at < 1000; at++) {
            fine.add(new Extent(at * 200L * KIB, 64 * KIB));
        }

        List<Extent> coarse = Extents.coarse(fine, 10);

        assertThat(coarse).hasSizeLessThanOrEqualTo(10);
        assertThat(fine).allSatisfy(extent -> assertThat(coarse)
                .anyMatch(around -> around.offset() <= extent.offset() && around.end() >= extent.end()));
    }

    @Test
    void shortListStaysAsItIs() {
        List<Extent> extents = List.of(new Extent(0, 1), new Extent(KIB, 1));

        assertThat(Extents.coarse(extents, 2)).isEqualTo(extents);
        assertThat(Extents.bytes(extents)).isEqualTo(2);
    }
}
