package cloud.stasis.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class LoginLimiterTest {
    private final MovingClock clock = new MovingClock();
    private final LoginLimiter limiter = new LoginLimiter(3, Duration.ofMinutes(1), clock);

    @Test
    void tooManyFailuresMustWaitUntilTheWindowEnds() {
        for (int failure = 0; failure < 3; failure++) {
            assertThat(limiter.refused("k")).isEmpty();
            limiter.failed("k");
        }

        assertThat(limiter.refused("k")).contains(Duration.ofMinutes(1));
        clock.now = clock.now.plusSeconds(45);
        assertThat(limiter.refused("k")).contains(Duration.ofSeconds(15));
        clock.now = clock.now.plusSeconds(16);
        assertThat(limiter.refused("k")).isEmpty();
    }

    @Test
    void aSuccessForgivesWhatWasBefore() {
        limiter.failed("k");
        limiter.failed("k");
        limiter.succeeded("k");
        limiter.failed("k");

        assertThat(limiter.refused("k")).isEmpty();
    }

    @Test
    void oneKeyDoesNotAnswerForAnother() {
        for (int failure = 0; failure < 10; failure++) {
            limiter.failed("k");
        }

        assertThat(limiter.refused("other")).isEmpty();
    }

    private static final class MovingClock extends Clock {
        private Instant now = Instant.EPOCH;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
