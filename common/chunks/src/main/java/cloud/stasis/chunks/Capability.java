package cloud.stasis.chunks;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
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

/// Who may do what to which thing, for a short while: what the gateway hands to a worker, and what every data
/// door checks. On the wire it is a JWT signed with HMAC-SHA256 under a key that all services of a site share.
///
/// @param rights what it allows; at least one
/// @param subject what it allows it on: a reference name (`image/<uuid>`, `snapshot/<uuid>`) or an instance id
/// @param expiry when it ends
public record Capability(Set<Right> rights, String subject, Instant expiry) {
    /// The longest life of a token. An upload of a large disk takes hours; a lost token is worth nothing the
    /// day after.
    public static final Duration MAX_LIFE = Duration.ofHours(24);

    private static final int MAX_SUBJECT_LENGTH = 200;

    public enum Right {
        /// Ask for and fetch chunks, indexes, manifests and references.
        STORE_READ,
        /// Put packs.
        STORE_WRITE,
        /// Look after the store: collect, scrub.
        STORE_ADMIN,
        /// Stream a tenant's image into the store.
        IMAGE_UPLOAD,
        /// Stream an image out of the store.
        IMAGE_DOWNLOAD,
        /// Read the console log of an instance from its host.
        CONSOLE_READ,
        /// Ask a host how an instance is.
        INSTANCE_READ
    }

    public Capability {
        if (rights.isEmpty() || subject.isBlank() || subject.length() > MAX_SUBJECT_LENGTH) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "a capability names a subject and at least one right");
        }
        rights = Set.copyOf(rights);
    }

    /// The key that all services of one site share. Never shown, never logged.
    public static final class Key {
        /// Bytes in a key: as many as the hash gives.
        public static final int LENGTH = 32;

        private static final String RIGHTS = "rights";
        /// Clocks of hosts differ by this much at most, else the site has other troubles.
        private static final int SKEW_SECONDS = 5;

        private final HmacKey key;
        private final Clock clock;

        private Key(HmacKey key, Clock clock) {
            this.key = key;
            this.clock = clock;
        }

        /// @param text base64url of [#LENGTH] bytes, as in `STASIS_CAPABILITY_KEY`
        public static Key parse(String text, Clock clock) {
            byte[] bytes;
            try {
                bytes = Base64.getUrlDecoder().decode(text);
            } catch (IllegalArgumentException e) {
                throw new StasisException(ErrorCode.INVALID_REQUEST, "the capability key is not base64url", e);
            }
            if (bytes.length != LENGTH) {
                throw new StasisException(
                        ErrorCode.INVALID_REQUEST,
                        "the capability key must have " + LENGTH + " bytes, see STASIS_CAPABILITY_KEY");
            }
            return new Key(new HmacKey(bytes), clock);
        }

        /// A token that grants `rights` on `subject` from now on, for at most [Capability#MAX_LIFE].
        public String grant(Set<Right> rights, String subject, Duration life) {
            return sign(new Capability(rights, subject, clock.instant().plus(life)));
        }

        public String sign(Capability capability) {
            if (capability.expiry().isAfter(clock.instant().plus(MAX_LIFE))) {
                throw new StasisException(ErrorCode.INVALID_REQUEST, "a capability lives at most " + MAX_LIFE);
            }
            JwtClaims claims = new JwtClaims();
            claims.setSubject(capability.subject());
            claims.setExpirationTime(NumericDate.fromSeconds(capability.expiry().getEpochSecond()));
            claims.setStringListClaim(
                    RIGHTS,
                    capability.rights().stream().map(Key::wireName).sorted().toList());
            JsonWebSignature signature = new JsonWebSignature();
            signature.setPayload(claims.toJson());
            signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
            signature.setKey(key);
            try {
                return signature.getCompactSerialization();
            } catch (JoseException e) {
                throw new StasisException(ErrorCode.INTERNAL, "a capability could not be signed", e);
            }
        }

        /// @throws StasisException `ACCESS_DENIED` unless the token was signed with this key, has not expired
        /// and holds `needed`
        public Capability verify(String token, Right needed) {
            Capability capability = verified(token);
            if (!capability.rights().contains(needed)) {
                throw denied("the capability does not hold the right " + wireName(needed));
            }
            return capability;
        }

        /// As [#verify(String, Right)], and the capability must be about `subject`.
        public Capability verify(String token, Right needed, String subject) {
            Capability capability = verify(token, needed);
            if (!capability.subject().equals(subject)) {
                throw denied("the capability is for something else");
            }
            return capability;
        }

        private Capability verified(String token) {
            JwtConsumer consumer = new JwtConsumerBuilder()
                    .setJwsAlgorithmConstraints(
                            AlgorithmConstraints.ConstraintType.PERMIT, AlgorithmIdentifiers.HMAC_SHA256)
                    .setVerificationKey(key)
                    .setRequireExpirationTime()
                    .setRequireSubject()
                    .setAllowedClockSkewInSeconds(SKEW_SECONDS)
                    .setEvaluationTime(NumericDate.fromSeconds(clock.instant().getEpochSecond()))
                    .build();
            try {
                JwtClaims claims = consumer.processToClaims(token);
                List<String> rights = claims.hasClaim(RIGHTS) ? claims.getStringListClaimValue(RIGHTS) : List.of();
                return new Capability(
                        rights.stream().map(Key::right).collect(Collectors.toUnmodifiableSet()),
                        claims.getSubject(),
                        Instant.ofEpochSecond(claims.getExpirationTime().getValue()));
            } catch (InvalidJwtException | MalformedClaimException | IllegalArgumentException | StasisException e) {
                // The cause names the token, which is a secret as long as it is valid: it is not passed on.
                throw denied("the capability is not valid or has expired");
            }
        }

        private static StasisException denied(String message) {
            return new StasisException(ErrorCode.ACCESS_DENIED, message + ": ask the gateway for a new one");
        }

        private static String wireName(Right right) {
            return right.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private static Right right(String wireName) {
            return Right.valueOf(wireName.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }
}
