package cloud.stasis.gateway.identity;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.UserId;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;

/// Tokens as text: JWTs signed with HMAC-SHA256 under a key that all gateways of a site share. Claims of our own
/// have short names because the text travels with every request:
/// ```
/// jti  audit id             par  audit id of the first token of the chain
/// sub  user                 scp  p:<project> | d:<domain> | s:all | absent
/// exp  expiry, seconds      iau  issued at, microseconds
/// mth  methods              apc  application credential
/// epo  epochs of the user and of the scope
/// ```
public final class TokenFormat {
    /// Least length of the key in bytes: as many as the hash gives.
    public static final int KEY_LENGTH = 32;

    /// Tells our tokens from other things signed under the same key, should someone reuse it.
    private static final String ISSUER = "stasis";

    private static final long MICROS = 1_000_000;

    private final HmacKey key;
    private final Clock clock;

    private TokenFormat(HmacKey key, Clock clock) {
        this.key = key;
        this.clock = clock;
    }

    /// @param key base64url of at least [#KEY_LENGTH] bytes, as in `STASIS_TOKEN_KEY`
    public static TokenFormat of(String key, Clock clock) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(key.trim());
        } catch (IllegalArgumentException e) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "STASIS_TOKEN_KEY is not base64url", e);
        }
        if (bytes.length < KEY_LENGTH) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "STASIS_TOKEN_KEY must have at least " + KEY_LENGTH + " bytes");
        }
        return new TokenFormat(new HmacKey(bytes), clock);
    }

    public String write(TokenClaims token) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(ISSUER);
        claims.setJwtId(token.auditId());
        claims.setSubject(token.user().value());
        claims.setExpirationTime(NumericDate.fromSeconds(token.expiresAt().getEpochSecond()));
        claims.setClaim("iau", ChronoUnit.MICROS.between(Instant.EPOCH, token.issuedAt()));
        claims.setStringListClaim(
                "mth",
                token.methods().stream().map(Token.Method::wireName).sorted().toList());
        claims.setStringClaim(
                "epo", token.epochs().user() + "." + token.epochs().scope());
        token.parentAuditId().ifPresent(id -> claims.setStringClaim("par", id));
        token.applicationCredential().ifPresent(id -> claims.setStringClaim("apc", id.value()));
        switch (token.target()) {
            case TokenClaims.Target.Nothing _ -> {}
            case TokenClaims.Target.OfProject(ProjectId id) -> claims.setStringClaim("scp", "p:" + id);
            case TokenClaims.Target.OfDomain(DomainId id) -> claims.setStringClaim("scp", "d:" + id);
            case TokenClaims.Target.OfSystem _ -> claims.setStringClaim("scp", "s:all");
        }
        JsonWebSignature signature = new JsonWebSignature();
        signature.setPayload(claims.toJson());
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
        signature.setKey(key);
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new StasisException(ErrorCode.INTERNAL, "a token could not be signed", e);
        }
    }

    /// Empty unless we signed it and it has not expired.
    public Optional<TokenClaims> read(String text) {
        JwtConsumer consumer = new JwtConsumerBuilder()
                .setJwsAlgorithmConstraints(
                        AlgorithmConstraints.ConstraintType.PERMIT, AlgorithmIdentifiers.HMAC_SHA256)
                .setVerificationKey(key)
                .setExpectedIssuer(ISSUER)
                .setRequireJwtId()
                .setRequireSubject()
                .setRequireExpirationTime()
                .setEvaluationTime(NumericDate.fromSeconds(clock.instant().getEpochSecond()))
                .build();
        try {
            return Optional.of(claims(consumer.processToClaims(text)));
        } catch (InvalidJwtException | MalformedClaimException | IllegalArgumentException | StasisException refused) {
            return Optional.empty();
        }
    }

    private static TokenClaims claims(JwtClaims claims) throws MalformedClaimException {
        Set<Token.Method> methods = EnumSet.noneOf(Token.Method.class);
        List<String> names = claims.getStringListClaimValue("mth");
        for (Token.Method method : Token.Method.values()) {
            if (names.contains(method.wireName())) {
                methods.add(method);
            }
        }
        String[] epochs = claims.getStringClaimValue("epo").split("\\.");
        long micros = claims.getClaimValue("iau", Long.class);
        return new TokenClaims(
                claims.getJwtId(),
                Optional.ofNullable(claims.getStringClaimValue("par")),
                new UserId(claims.getSubject()),
                target(Optional.ofNullable(claims.getStringClaimValue("scp"))),
                methods,
                Optional.ofNullable(claims.getStringClaimValue("apc")).map(CredentialId::new),
                new TokenClaims.Epochs(Long.parseLong(epochs[0]), Long.parseLong(epochs[1])),
                Instant.ofEpochSecond(Math.floorDiv(micros, MICROS))
                        .plus(Math.floorMod(micros, MICROS), ChronoUnit.MICROS),
                Instant.ofEpochSecond(claims.getExpirationTime().getValue()));
    }

    private static TokenClaims.Target target(Optional<String> scope) {
        if (scope.isEmpty()) {
            return new TokenClaims.Target.Nothing();
        }
        String id = scope.get().substring(2);
        return switch (scope.get().substring(0, 2)) {
            case "p:" -> new TokenClaims.Target.OfProject(new ProjectId(id));
            case "d:" -> new TokenClaims.Target.OfDomain(new DomainId(id));
            case "s:" -> new TokenClaims.Target.OfSystem();
            default -> throw new IllegalArgumentException("unknown scope");
        };
    }
}
