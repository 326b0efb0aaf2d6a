package cloud.stasis.cli.follow;

import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/// Bears a cloud that does not answer, for a while.
final class Patience {
    /// A gateway is back within this after a restart.
    static final Duration LIMIT = Duration.ofSeconds(60);

    private final Clock clock;
    private Instant lastAnswer;

    Patience(Clock clock) {
        this.clock = clock;
        this.lastAnswer = clock.instant();
    }

    void answered() {
        lastAnswer = clock.instant();
    }

    /// Returns if it is worth asking again, else throws what was given.
    void bear(Failure failure) {
        boolean passing = failure.is(FailureType.CONNECT_FAILURE)
                || failure.is(FailureType.UNAVAILABLE)
                || failure.is(FailureType.RATE_LIMIT)
                || failure.httpStatus().orElse(0) == 502
                || failure.httpStatus().orElse(0) == 504;
        if (!passing || clock.instant().isAfter(lastAnswer.plus(LIMIT))) {
            throw failure;
        }
    }
}
