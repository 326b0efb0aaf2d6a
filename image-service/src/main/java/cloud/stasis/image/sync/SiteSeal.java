package cloud.stasis.image.sync;

import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.security.PublicKey;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.JoseException;

/// Signatures over what two sites say to each other: JWS with EdDSA, one in the head of each request and one in that
/// of its answer.
///
/// ```
/// request   iss  signer's key      aud  the peer's key      iat, exp (2 minutes)    jti  of this request
///           mtd  method            pth  path and query      sha  hash of the body   bdl  the bundle that is written
/// answer    iss, aud, iat, exp     re   jti of the request  sts  status             sha  hash of the body
/// ```
/// A request that somebody repeats within its two minutes does what it did already: every call is repeatable. That
/// nobody reads along is up to TLS, which ends in front of the service.
final class SiteSeal {
    /// Clocks of two sites may differ by about as much.
    private static final int LIFE_SECONDS = 120;

    private final SiteKey own;
    private final Clock clock;

    SiteSeal(SiteKey own, Clock clock) {
        this.own = own;
        this.clock = clock;
    }

    /// What a request says of itself.
    record Asked(String id, String method, String path, Digest body, String bundle) {
        static Asked of(String method, String path, byte[] body, String bundle) {
            return new Asked(UUID.randomUUID().toString(), method, path, Sha256.of(body), bundle);
        }
    }

    /// What an answer says of itself.
    record Answered(String request, int status, Digest body) {}

    String sign(Asked asked, PublicKey peer) {
        return sign(
                peer,
                new TreeMap<>(Map.of(
                        "jti", asked.id(),
                        "mtd", asked.method(),
                        "pth", asked.path(),
                        "sha", asked.body().toString(),
                        "bdl", asked.bundle())));
    }

    String sign(Answered answered, PublicKey peer) {
        return sign(
                peer,
                new TreeMap<>(Map.of(
                        "re", answered.request(),
                        "sts", Integer.toString(answered.status()),
                        "sha", answered.body().toString())));
    }

    /// Whose key a signature claims to be by; nothing is verified.
    static Digest claimedSigner(String signature) {
        try {
            return Digest.parse(new JwtConsumerBuilder()
                    .setSkipAllValidators()
                    .setDisableRequireSignature()
                    .setSkipSignatureVerification()
                    .build()
                    .processToClaims(signature)
                    .getIssuer());
        } catch (InvalidJwtException | MalformedClaimException | RuntimeException e) {
            throw refused();
        }
    }

    /// @throws StasisException `ACCESS_DENIED` unless `peer` signed it, for us, just now
    Asked request(String signature, PublicKey peer) {
        JwtClaims claims = verified(signature, peer);
        return new Asked(
                text(claims, "jti"),
                text(claims, "mtd"),
                text(claims, "pth"),
                Digest.parse(text(claims, "sha")),
                text(claims, "bdl"));
    }

    /// @throws StasisException `ACCESS_DENIED` unless `peer` signed it, for us, just now
    Answered answer(String signature, PublicKey peer) {
        JwtClaims claims = verified(signature, peer);
        return new Answered(
                text(claims, "re"), Integer.parseInt(text(claims, "sts")), Digest.parse(text(claims, "sha")));
    }

    private String sign(PublicKey peer, Map<String, String> said) {
        JwtClaims claims = new JwtClaims();
        said.forEach(claims::setStringClaim);
        claims.setIssuer(SiteKey.fingerprint(own.open()).toString());
        claims.setAudience(SiteKey.fingerprint(peer).toString());
        long now = clock.instant().getEpochSecond();
        claims.setIssuedAt(NumericDate.fromSeconds(now));
        claims.setExpirationTime(NumericDate.fromSeconds(now + LIFE_SECONDS));
        JsonWebSignature signature = new JsonWebSignature();
        signature.setPayload(claims.toJson());
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.EDDSA);
        signature.setKey(own.secret());
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new StasisException(ErrorCode.INTERNAL, "a request to a peer could not be signed", e);
        }
    }

    private JwtClaims verified(String signature, PublicKey peer) {
        JwtConsumer consumer = new JwtConsumerBuilder()
                .setJwsAlgorithmConstraints(AlgorithmConstraints.ConstraintType.PERMIT, AlgorithmIdentifiers.EDDSA)
                .setVerificationKey(peer)
                .setRequireExpirationTime()
                .setRequireIssuedAt()
                .setExpectedIssuer(SiteKey.fingerprint(peer).toString())
                .setExpectedAudience(SiteKey.fingerprint(own.open()).toString())
                .setAllowedClockSkewInSeconds(LIFE_SECONDS)
                .setMaxFutureValidityInMinutes(2 * LIFE_SECONDS / 60)
                .setEvaluationTime(NumericDate.fromSeconds(clock.instant().getEpochSecond()))
                .build();
        try {
            return consumer.processToClaims(signature);
        } catch (InvalidJwtException e) {
            throw refused();
        }
    }

    private static String text(JwtClaims claims, String name) {
        String text = claims.getClaimValueAsString(name);
        if (text == null) {
            throw refused();
        }
        return text;
    }

    private static StasisException refused() {
        return new StasisException(
                ErrorCode.ACCESS_DENIED, "the signature of a site is not valid: compare the keys and the clocks");
    }
}
