package cloud.stasis.gateway.http;

import cloud.stasis.gateway.identity.Scope;
import cloud.stasis.gateway.identity.Token;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/// A bucket of requests for each user in each project, so that nobody's script takes the gateway from the others. A
/// user has the same bucket with every token. Never blocks; each gateway counts for itself.
@Singleton
class RequestRates {
    /// About 20 MiB at most. Who comes after that gets a full bucket again, which costs nobody else anything.
    private static final int MAX_CALLERS = 100_000;

    /// After so long without a request every bucket is full again.
    private static final Duration FORGOTTEN = Duration.ofHours(1);

    private final OptionalInt perSecond;
    private final int burst;
    private final TimeMeter time;
    private final Cache<String, Bucket> buckets = Caffeine.newBuilder()
            .maximumSize(MAX_CALLERS)
            .expireAfterAccess(FORGOTTEN)
            .build();

    @Inject
    RequestRates(RateConfiguration configuration) {
        this(configuration.requestsPerSecond(), configuration.burst(), TimeMeter.SYSTEM_MILLISECONDS);
    }

    RequestRates(OptionalInt perSecond, int burst, TimeMeter time) {
        if (perSecond.orElse(1) < 1 || burst < 1) {
            throw new IllegalArgumentException(
                    "stasis.rate.requests-per-second and stasis.rate.burst must be at least 1");
        }
        this.perSecond = perSecond;
        this.burst = burst;
        this.time = time;
    }

    /// Takes one request out of the caller's bucket.
    ///
    /// @return how long to wait, if there is none left in it
    Optional<Duration> refused(Token token) {
        if (perSecond.isEmpty()) {
            return Optional.empty();
        }
        String project =
                token.scope() instanceof Scope.Project scoped ? scoped.id().value() : "";
        ConsumptionProbe probe = buckets.get(token.user().id().value() + "/" + project, _ -> full())
                .tryConsumeAndReturnRemaining(1);
        return probe.isConsumed() ? Optional.empty() : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }

    private Bucket full() {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(burst).refillGreedy(perSecond.getAsInt(), Duration.ofSeconds(1)))
                .withCustomTimePrecision(time)
                .build();
    }
}
