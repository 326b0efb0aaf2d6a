package cloud.stasis.chunks;

import static cloud.stasis.chunks.Capability.Right.IMAGE_DOWNLOAD;
import static cloud.stasis.chunks.Capability.Right.STORE_READ;
import static cloud.stasis.chunks.Capability.Right.STORE_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CapabilityTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final String SUBJECT = "snapshot/0e4d3f4e-3c6c-4a0e-9a51-9b8d6f4a2b11";

    private final Capability.Key key = key(1, NOW);

    @Test
    void grantsExactlyTheRightsItNames() {
        String token = key.grant(Set.of(STORE_READ, STORE_WRITE), SUBJECT, Duration.ofMinutes(5));

        assertThat(key.verify(token, STORE_WRITE).subject()).isEqualTo(SUBJECT);
        assertThat(key.verify(token, STORE_READ, SUBJECT).rights()).containsExactlyInAnyOrder(STORE_READ, STORE_WRITE);
        assertDenied(() -> key.verify(token, IMAGE_DOWNLOAD));
        assertDenied(() -> key.verify(token, STORE_READ, "snapshot/other"));
    }

    @Test
    void endsAtItsExpiry() {
        String token = key.grant(Set.of(STORE_READ), SUBJECT, Duration.ofMinutes(5));

        assertThat(key(1, NOW.plusSeconds(299)).verify(token, STORE_READ)).isNotNull();
        assertDenied(() -> key(1, NOW.plusSeconds(306)).verify(token, STORE_READ));
    }

    @Test
    void refusesAnotherKeyATamperedTokenAndNoise() {
        String token = key.grant(Set.of(STORE_READ), SUBJECT, Duration.ofMinutes(5));
        String[] pieces = token.split("\\.");
        String forged = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"sub\":\"x\",\"exp\":4102444800,\"rights\":[\"store-read\"]}"
                        .getBytes(StandardCharsets.UTF_8));

        assertDenied(() -> key(2, NOW).verify(token, STORE_READ));
        assertDenied(() -> key.verify(pieces[0] + "." + forged + "." + pieces[2], STORE_READ));
        assertDenied(() -> key.verify("eyJhbGciOiJub25lIn0." + forged + ".", STORE_READ));
        assertDenied(() -> key.verify("", STORE_READ));
        assertDenied(() -> key.verify("not a token", STORE_READ));
    }

    @Test
    void refusesToSignForLongerThanADay() {
        assertThatThrownBy(() -> key.grant(Set.of(STORE_READ), SUBJECT, Duration.ofHours(25)))
                .isInstanceOf(StasisException.class);
    }

    @Test
    void aKeyHasExactly32Bytes() {
        assertThatThrownBy(() -> Capability.Key.parse("c2hvcnQ", Clock.systemUTC()))
                .isInstanceOf(StasisException.class)
                .hasMessageContaining("32 bytes");
        assertThatThrownBy(() -> Capability.Key.parse("***", Clock.systemUTC())).isInstanceOf(StasisException.class);
    }

    private static Capability.Key key(int seed, Instant now) {
        byte[] bytes = new byte[Capability.Key.LENGTH];
        bytes[0] = (byte) seed;
        return Capability.Key.parse(Base64.getUrlEncoder().encodeToString(bytes), Clock.fixed(now, ZoneOffset.UTC));
    }

    private static void assertDenied(Runnable attempt) {
        assertThatThrownBy(attempt::run).isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.ACCESS_DENIED));
    }
}
