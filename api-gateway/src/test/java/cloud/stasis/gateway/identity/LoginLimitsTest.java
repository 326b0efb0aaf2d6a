package cloud.stasis.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoginLimitsTest {
    private static final List<String> ADMIN = List.of("admin");
    private static final String HOME = "192.0.2.1";

    private final LoginLimits limits = new LoginLimits(limiter(20), limiter(3), limiter(6));

    private static LoginLimiter limiter(int failures) {
        return new LoginLimiter(failures, Duration.ofMinutes(1), Clock.systemUTC());
    }

    @Test
    void whoGuessesInOnePlaceKeepsNobodyElseOut() {
        fail(5, "198.51.100.7");

        assertThat(limits.refused(ADMIN, "198.51.100.7")).isPresent();
        assertThat(limits.refused(List.of("other"), "198.51.100.7")).isEmpty();
        assertThat(limits.refused(ADMIN, HOME)).isEmpty();
    }

    @Test
    void whoGuessesInManyPlacesKeepsOutThoseAloneWhoAreNotKnown() {
        limits.succeeded(ADMIN, HOME);
        for (int place = 0; place < 10; place++) {
            fail(1, "198.51.100." + place);
        }

        assertThat(limits.refused(ADMIN, "203.0.113.9")).isPresent();
        assertThat(limits.refused(ADMIN, HOME)).isEmpty();
        limits.succeeded(ADMIN, HOME);
        assertThat(limits.refused(ADMIN, "203.0.113.9"))
                .as("the one who is known does not forgive the others")
                .isPresent();
    }

    @Test
    void aPlaceThatIsKnownIsSlowedDownForWhatItGuessesItself() {
        limits.succeeded(ADMIN, HOME);
        fail(3, HOME);

        assertThat(limits.refused(ADMIN, HOME)).isPresent();
    }

    @Test
    void manyAccountsInOnePlaceAreTooMany() {
        for (int account = 0; account < 20; account++) {
            limits.failed(List.of("user" + account), HOME);
        }

        assertThat(limits.refused(List.of("another"), HOME)).isPresent();
    }

    private void fail(int times, String address) {
        for (int time = 0; time < times; time++) {
            limits.failed(ADMIN, address);
        }
    }
}
