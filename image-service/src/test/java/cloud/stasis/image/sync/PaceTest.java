package cloud.stasis.image.sync;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.model.ByteCount;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final AtomicLong now = new AtomicLong();

    @Test
    void noMoreThanTheRatePassesWhateverTheSizes() {
        Pace pace = paced(ByteCount.ofKib(100));

        for (int at = 0; at < 100; at++) {
            pace.pass(10 * 1024 + at % 7);
        }

        assertThat(Duration.ofNanos(now.get())).isBetween(Duration.ofMillis(9_900), Duration.ofMillis(10_100));
    }

    @Test
    void whatWasNotUsedIsKeptForASecondOnly() {
        Pace pace = paced(ByteCount.ofKib(100));
        now.addAndGet(Duration.ofMinutes(1).toNanos());
        long begin = now.get();

        pace.pass(100 * 1024);
        assertThat(now.get()).isEqualTo(begin);
        pace.pass(100 * 1024);
        assertThat(now.get() - begin).isEqualTo(Duration.ofSeconds(1).toNanos());
    }

    @Test
    void zeroIsNoLimit() {
        paced(ByteCount.ZERO).pass(Long.MAX_VALUE);

        assertThat(now.get()).isZero();
    }

    private Pace paced(ByteCount rate) {
        return Pace.of(rate, now::get, time -> now.addAndGet(time.toNanos()));
    }
}
