package cloud.stasis.system;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Waits for a state, with a deadline.
final class Await {
    private static final Duration POLL = Duration.ofMillis(200);

    private Await() {}

    static <T> T until(String what, Duration deadline, Supplier<T> look, Predicate<T> reached) {
        Instant end = Instant.now().plus(deadline);
        while (true) {
            T seen = look.get();
            if (reached.test(seen)) {
                return seen;
            }
            if (Instant.now().isAfter(end)) {
                throw new AssertionError(what + ": not within " + deadline.toSeconds() + " s; last seen: " + seen);
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }
}
