package cloud.stasis.gateway.identity;

import cloud.stasis.gateway.identity.Entitlements.Entitlement;
import cloud.stasis.model.UserId;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/// Issues, checks and revokes tokens.
///
/// A token's text holds ids and is signed; what it entitles to is looked up in the database and remembered for
/// [#REMEMBERED]. Whatever changes on this gateway is forgotten at once ([#forgetAll] after the change has
/// committed); what changes on another one is seen here when the memory runs out. A token ends early
/// - when it is revoked by itself (its audit id is listed),
/// - when all tokens of its user or project are voided (a counter, the epoch, is raised): password change,
/// disabling,
/// - when what it stands for is gone: user, project, domain, the last role, the application credential.
public final class Tokens implements Authenticator {
    /// How long another gateway may still accept what was revoked here.
    public static final Duration REMEMBERED = Duration.ofSeconds(5);
    /// Tokens in use at the same time, about 2 KiB each.
    private static final int MAX_REMEMBERED = 10_000;

    private static final int AUDIT_ID_BYTES = 16;

    private final TokenFormat format;
    private final Entitlements entitlements;
    private final Revocations revocations;
    private final UnitOfWork unitOfWork;
    private final Duration lifetime;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Cache<String, Token> remembered = Caffeine.newBuilder()
            .maximumSize(MAX_REMEMBERED)
            .expireAfterWrite(REMEMBERED)
            .build();
    /// Raised by every change: what was read before one is not remembered after it.
    private final AtomicLong changes = new AtomicLong();

    public Tokens(
            TokenFormat format,
            Entitlements entitlements,
            Revocations revocations,
            UnitOfWork unitOfWork,
            Duration lifetime,
            Clock clock) {
        this.format = format;
        this.entitlements = entitlements;
        this.revocations = revocations;
        this.unitOfWork = unitOfWork;
        this.lifetime = lifetime;
        this.clock = clock;
    }

    /// A token that its holder gets to see, and what it says.
    public record Issued(String text, Token token) {
        @Override
        public String toString() {
            return "Issued[" + token + "]";
        }
    }

    /// Who shall have a token, and on what proof.
    ///
    /// @param madeFrom the token that this one replaces; it sets the end and the chain
    public record Wish(
            UserId user,
            TokenClaims.Target target,
            Set<Token.Method> methods,
            Optional<CredentialId> applicationCredential,
            Optional<Token> madeFrom) {
        public Wish {
            methods = Set.copyOf(methods);
        }
    }

    /// Empty if the user is not entitled to anything on that scope.
    public Optional<Issued> issue(Wish wish) {
        long seen = changes.get();
        return unitOfWork
                .call(() -> entitlements.of(wish.user(), wish.target(), wish.applicationCredential()))
                .map(entitlement -> {
                    TokenClaims claims = claims(wish, entitlement);
                    Issued issued = new Issued(format.write(claims), token(claims, entitlement));
                    remember(issued.text(), issued.token(), seen);
                    return issued;
                });
    }

    @Override
    public Optional<Token> cached(String text) {
        return Optional.ofNullable(remembered.getIfPresent(text))
                .filter(token -> token.expiresAt().isAfter(clock.instant()));
    }

    @Override
    public Optional<Token> token(String text) {
        Optional<Token> cached = cached(text);
        if (cached.isPresent()) {
            return cached;
        }
        long seen = changes.get();
        Optional<Token> found = format.read(text).flatMap(this::checked);
        found.ifPresent(token -> remember(text, token, seen));
        return found;
    }

    /// From now on, or rather from the commit on, it is not valid; those made from it stay.
    public void revoke(Token token) {
        revocations.forget(clock.instant());
        revocations.revoke(token.auditIds().getFirst(), token.expiresAt());
    }

    /// To be called after any change of the identity tables has committed.
    public void forgetAll() {
        changes.incrementAndGet();
        remembered.invalidateAll();
    }

    private Optional<Token> checked(TokenClaims claims) {
        return unitOfWork.call(() -> revocations.isRevoked(claims.auditId())
                ? Optional.empty()
                : entitlements
                        .of(claims.user(), claims.target(), claims.applicationCredential())
                        .filter(entitlement -> entitlement.epochs().equals(claims.epochs()))
                        .map(entitlement -> token(claims, entitlement)));
    }

    private void remember(String text, Token token, long seen) {
        remembered.put(text, token);
        if (changes.get() != seen) {
            remembered.invalidate(text);
        }
    }

    private TokenClaims claims(Wish wish, Entitlement entitlement) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Set<Token.Method> methods = EnumSet.copyOf(wish.methods());
        wish.madeFrom().ifPresent(first -> methods.addAll(first.methods()));
        return new TokenClaims(
                auditId(),
                wish.madeFrom().map(first -> first.auditIds().getLast()),
                wish.user(),
                wish.target(),
                methods,
                wish.applicationCredential(),
                entitlement.epochs(),
                now,
                wish.madeFrom().map(Token::expiresAt).orElseGet(() -> now.plus(lifetime)
                        .truncatedTo(ChronoUnit.SECONDS)));
    }

    private static Token token(TokenClaims claims, Entitlement entitlement) {
        List<String> auditIds = new ArrayList<>(List.of(claims.auditId()));
        claims.parentAuditId().ifPresent(auditIds::add);
        return new Token(
                entitlement.user(),
                entitlement.scope(),
                entitlement.roles(),
                claims.methods(),
                auditIds,
                claims.issuedAt(),
                claims.expiresAt(),
                entitlement.applicationCredential());
    }

    private String auditId() {
        byte[] bytes = new byte[AUDIT_ID_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
