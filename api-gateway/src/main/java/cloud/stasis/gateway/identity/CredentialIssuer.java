package cloud.stasis.gateway.identity;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Makes application credentials.
public final class CredentialIssuer {
    private static final int SECRET_BYTES = 64;

    private final ApplicationCredentials credentials;
    private final Passwords passwords;
    private final UnitOfWork unitOfWork;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public CredentialIssuer(
            ApplicationCredentials credentials, Passwords passwords, UnitOfWork unitOfWork, Clock clock) {
        this.credentials = credentials;
        this.passwords = passwords;
        this.unitOfWork = unitOfWork;
        this.clock = clock;
    }

    /// @param roles all that the token has, if none are named
    /// @param secret one is made if none is given
    public record Plan(
            String name,
            String description,
            Optional<String> secret,
            Optional<Instant> expiresAt,
            List<RoleRef> roles,
            boolean unrestricted) {
        public Plan {
            roles = List.copyOf(roles);
        }

        @Override
        public String toString() {
            return "Plan[" + name + "]";
        }
    }

    public sealed interface RoleRef {
        record ById(RoleId id) implements RoleRef {}

        record ByName(String name) implements RoleRef {}
    }

    /// The secret is shown this once.
    public record Made(ApplicationCredential credential, String secret) {
        @Override
        public String toString() {
            return "Made[" + credential + "]";
        }
    }

    /// @param token whose user and project the credential will stand for
    public Made issue(Token token, Plan plan) {
        if (!(token.scope() instanceof Scope.Project project)) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "An application credential belongs to a project; use a token that is scoped to one.");
        }
        checkUnrestricted(token);
        if (plan.expiresAt().map(end -> !end.isAfter(clock.instant())).orElse(false)) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "expires_at must lie in the future.");
        }
        ApplicationCredential credential = new ApplicationCredential(
                new CredentialId(Ids.random()),
                token.user().id(),
                project.id(),
                plan.name(),
                plan.description(),
                plan.expiresAt(),
                roles(token, plan.roles()),
                plan.unrestricted());
        String secret = plan.secret().orElseGet(this::secret);
        PasswordHash hash = passwords.hash(secret);
        return unitOfWork.call(() -> {
            credentials.add(credential, hash);
            return new Made(credential, secret);
        });
    }

    /// @throws StasisException `ACCESS_DENIED` if the token comes from a credential that may not make or delete
    /// others
    public static void checkUnrestricted(Token token) {
        if (token.applicationCredential()
                .map(Token.ApplicationCredential::restricted)
                .orElse(false)) {
            throw new StasisException(
                    ErrorCode.ACCESS_DENIED, "A restricted application credential may not manage others.");
        }
    }

    private static List<RoleId> roles(Token token, List<RoleRef> wanted) {
        if (wanted.isEmpty()) {
            return token.roles().stream().map(Token.Role::id).toList();
        }
        return wanted.stream()
                .map(ref -> token.roles().stream()
                        .filter(role -> switch (ref) {
                            case RoleRef.ById(RoleId id) -> role.id().equals(id);
                            case RoleRef.ByName(String name) -> role.name().equals(name);
                        })
                        .map(Token.Role::id)
                        .findFirst()
                        .orElseThrow(() -> new StasisException(
                                ErrorCode.INVALID_REQUEST,
                                "You can give an application credential only roles that you have on the project.")))
                .distinct()
                .toList();
    }

    private String secret() {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
