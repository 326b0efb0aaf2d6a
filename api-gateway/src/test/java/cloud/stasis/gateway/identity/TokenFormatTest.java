package cloud.stasis.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.UserId;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TokenFormatTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00.123456Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final TokenFormat FORMAT = TokenFormat.of(key("one"), CLOCK);

    @Test
    void whatWasWrittenIsRead() {
        Stream.of(
                        new TokenClaims.Target.Nothing(),
                        new TokenClaims.Target.OfProject(new ProjectId("p")),
                        new TokenClaims.Target.OfDomain(DomainId.DEFAULT),
                        new TokenClaims.Target.OfSystem())
                .forEach(target -> {
                    TokenClaims claims = claims(target, NOW.plusSeconds(60));
                    assertThat(FORMAT.read(FORMAT.write(claims))).contains(claims);
                });
    }

    @Test
    void anExpiredTokenIsNone() {
        assertThat(FORMAT.read(FORMAT.write(claims(new TokenClaims.Target.Nothing(), NOW.minusSeconds(1)))))
                .isEmpty();
    }

    @Test
    void aTokenOfAnotherKeyIsNone() {
        TokenFormat other = TokenFormat.of(key("two"), CLOCK);

        assertThat(FORMAT.read(other.write(claims(new TokenClaims.Target.OfSystem(), NOW.plusSeconds(60)))))
                .isEmpty();
    }

    @Test
    void aTokenThatWasChangedIsNone() {
        String token = FORMAT.write(claims(new TokenClaims.Target.Nothing(), NOW.plusSeconds(60)));
        String[] parts = token.split("\\.");
        String payload = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        String grown = payload.replace("\"sub\":\"u\"", "\"sub\":\"admin\"");
        assertThat(grown).isNotEqualTo(payload);

        assertThat(FORMAT.read(parts[0] + "." + encoded(grown) + "." + parts[2]))
                .isEmpty();
    }

    @Test
    void aTokenWithoutASignatureIsNone() {
        String token = FORMAT.write(claims(new TokenClaims.Target.Nothing(), NOW.plusSeconds(60)));

        assertThat(FORMAT.read(encoded("{\"alg\":\"none\"}") + "." + token.split("\\.")[1] + "."))
                .isEmpty();
    }

    @Test
    void rubbishIsNone() {
        Stream.of("", "x", "a.b.c", "....", "eyJ9.e30.", "\u0000")
                .forEach(text -> assertThat(FORMAT.read(text)).isEmpty());
    }

    @Test
    void aShortKeyIsRefused() {
        assertThatThrownBy(() -> TokenFormat.of("c2hvcnQ", CLOCK))
                .isInstanceOf(StasisException.class)
                .hasMessageContaining("STASIS_TOKEN_KEY");
    }

    private static TokenClaims claims(TokenClaims.Target target, Instant end) {
        return new TokenClaims(
                "audit",
                Optional.of("first"),
                new UserId("u"),
                target,
                Set.of(Token.Method.PASSWORD),
                Optional.of(new CredentialId("c")),
                new TokenClaims.Epochs(3, 5),
                NOW,
                end.truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
    }

    private static String key(String seed) {
        return encoded((seed + " a key of at least thirty-two bytes").substring(0, 32));
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
