package cloud.stasis.compute.hypervisor.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BlockJobWatchTest {
    private static final long GIB = 1L << 30;
    private static final Duration NEARLY = BlockJobWatch.STANDSTILL.minusSeconds(1);

    private final AtomicLong now = new AtomicLong(-5);
    private final BlockJobWatch watch = new BlockJobWatch(now::get);

    @Test
    void jobMayTakeHoursAsLongAsItComesNearer() {
        for (long left = 500 * GIB; left > 0; left -= GIB) {
            assertThat(isStuckAfter(NEARLY, left)).isFalse();
        }
    }

    @Test
    void jobThatStandsStillIsStuck() {
        assertThat(isStuckAfter(NEARLY, GIB)).isFalse();
        assertThat(isStuckAfter(NEARLY, GIB)).isFalse();
        assertThat(isStuckAfter(Duration.ofSeconds(2), GIB)).isTrue();
    }

    @Test
    void jobWhoseEndRecedesIsStuckAlthoughItWorks() {
        assertThat(isStuckAfter(NEARLY, GIB)).isFalse();
        assertThat(isStuckAfter(NEARLY, 2 * GIB)).isFalse();
        assertThat(isStuckAfter(Duration.ofSeconds(2), GIB + 1)).isTrue();
    }

    @Test
    void jobThatNeverBeginsIsStuck() {
        assertThat(isStuckAfter(NEARLY, Long.MAX_VALUE)).isFalse();
        assertThat(isStuckAfter(Duration.ofSeconds(2), Long.MAX_VALUE)).isTrue();
    }

    private boolean isStuckAfter(Duration time, long left) {
        now.addAndGet(time.toNanos());
        return watch.isStuck(left);
    }
}
