package cloud.stasis.image.repository;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.image.blob.NoteName;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class WatchTest {
    private static final NoteName NOTE = new NoteName(NoteName.Folder.UPKEEP, "removal");
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final AtomicReference<Duration> time = new AtomicReference<>(Duration.ZERO);
    private final Watch watch = new Watch(time::get, LONGEST);

    @Test
    void silenceIsTheSumOfWhatPassesBetweenLooks() {
        assertThat(look(1)).isZero();

        pass(Duration.ofSeconds(5));
        assertThat(look(1)).hasSeconds(5);
        pass(Duration.ofSeconds(7));
        assertThat(look(1)).hasSeconds(12);
        pass(Duration.ofSeconds(5));
        assertThat(look(2)).as("a sign of life").isZero();
    }

    @Test
    void whoWasAsleepItselfHasNotSeenThatOthersWereSilent() {
        look(1);
        pass(Duration.ofDays(1));

        assertThat(look(1)).isEqualTo(LONGEST);
    }

    private void pass(Duration some) {
        time.updateAndGet(now -> now.plus(some));
    }

    private Duration look(int says) {
        return watch.unchanged(NOTE, new byte[] {(byte) says});
    }
}
