package cloud.stasis.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.Scope;
import cloud.stasis.gateway.identity.Token;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RequestRatesTest {
    private final AtomicLong now = new AtomicLong();
    private final RequestRates rates = new RequestRates(OptionalInt.of(2), 3, clock());

    @Test
    void whoAsksTooOftenIsToldHowLongToWait() {
        Token caller = token("u1", "p1");
        for (int request = 0; request < 3; request++) {
            assertThat(rates.refused(caller)).isEmpty();
        }

        assertThat(rates.refused(caller)).contains(Duration.ofMillis(500));
        now.addAndGet(Duration.ofMillis(500).toNanos());
        assertThat(rates.refused(caller)).isEmpty();
        assertThat(rates.refused(caller)).isPresent();
        now.addAndGet(Duration.ofMinutes(1).toNanos());
        for (int request = 0; request < 3; request++) {
            assertThat(rates.refused(caller)).isEmpty();
        }
        assertThat(rates.refused(caller))
                .as("no more than the burst is saved up")
                .isPresent();
    }

    @Test
    void nobodyPaysForAnother() {
        for (int request = 0; request < 4; request++) {
            rates.refused(token("u1", "p1"));
        }

        assertThat(rates.refused(token("u1", "p1"))).isPresent();
        assertThat(rates.refused(token("u2", "p1"))).isEmpty();
        assertThat(rates.refused(token("u1", "p2"))).isEmpty();
    }

    @Test
    void withoutALimitNobodyWaits() {
        RequestRates unlimited = new RequestRates(OptionalInt.empty(), 1, clock());

        for (int request = 0; request < 1000; request++) {
            assertThat(unlimited.refused(token("u1", "p1"))).isEmpty();
        }
        assertThatThrownBy(() -> new RequestRates(OptionalInt.of(0), 1, clock()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private TimeMeter clock() {
        return new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return now.get();
            }

            @Override
            public boolean isWallClockBased() {
                return false;
            }
        };
    }

    private static Token token(String user, String project) {
        Scope.NamedDomain domain = new Scope.NamedDomain(new DomainId("default"), "Default");
        return new Token(
                new Token.User(new UserId(user), user, domain),
                new Scope.Project(new ProjectId(project), project, domain),
                List.of(),
                Set.of(Token.Method.PASSWORD),
                List.of(),
                Instant.EPOCH,
                Instant.EPOCH,
                Optional.empty());
    }
}
