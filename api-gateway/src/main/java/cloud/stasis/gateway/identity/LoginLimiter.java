package cloud.stasis.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Slows down those who guess passwords. Failures are counted per key (an account, a client address) in a window
/// that begins with the first; when they are too many, the key is refused until the window ends, whatever it
/// brings.
///
/// Bounded: of more than [#MAX_KEYS] keys those least used are forgotten. Each gateway counts for itself.
public final class LoginLimiter {
    /// About 10 MiB at most.
    private static final int MAX_KEYS = 100_000;

    private final int allowed;
    private final Duration window;
    private final Clock clock;
    private final Cache<String, Failures> counted;

    public LoginLimiter(int allowed, Duration window, Clock clock) {
        this.allowed = allowed;
        this.window = window;
        this.clock = clock;
        this.counted = Caffeine.newBuilder()
                .maximumSize(MAX_KEYS)
                .expireAfterWrite(window.multipliedBy(2))
                .build();
    }

    /// How long the key must wait before it may try again; empty if it may now.
    public Optional<Duration> refused(String key) {
        Failures failures = counted.getIfPresent(key);
        if (failures == null || failures.count() < allowed) {
            return Optional.empty();
        }
        Duration left = Duration.between(clock.instant(), failures.first().plus(window));
        return left.isPositive() ? Optional.of(left) : Optional.empty();
    }

    public void failed(String key) {
        Instant now = clock.instant();
        counted.asMap()
                .compute(
                        key,
                        (_, before) ->
                                before == null || now.isAfter(before.first().plus(window))
                                        ? new Failures(1, now)
                                        : new Failures(before.count() + 1, before.first()));
    }

    public void succeeded(String key) {
        counted.invalidate(key);
    }

    private record Failures(int count, Instant first) {}
}
