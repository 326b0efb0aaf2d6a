package cloud.stasis.gateway.identity.keystone;

import cloud.stasis.gateway.identity.Authenticator;
import cloud.stasis.gateway.identity.CredentialId;
import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.RoleId;
import cloud.stasis.gateway.identity.Scope;
import cloud.stasis.gateway.identity.Token;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Asks a Keystone whether a token is valid (`GET /v3/auth/tokens`), and remembers what it said: one that is revoked
/// there is refused here when the memory runs out.
public final class KeystoneAuthenticator implements Authenticator {
    /// Answers remembered, about 2 KiB each.
    private static final int MAX_REMEMBERED = 10_000;

    private final Keystone keystone;
    private final Clock clock;
    private final Cache<String, Optional<Token>> remembered;

    /// @param memory how long an answer is believed; Keystone's own middleware believes it for five minutes
    public KeystoneAuthenticator(Keystone keystone, Duration memory, Clock clock) {
        this.keystone = keystone;
        this.clock = clock;
        this.remembered = Caffeine.newBuilder()
                .maximumSize(MAX_REMEMBERED)
                .expireAfterWrite(memory)
                .build();
    }

    @Override
    public Optional<Token> cached(String token) {
        Optional<Token> known = remembered.getIfPresent(token);
        return known == null ? Optional.empty() : known.filter(this::lasts);
    }

    @Override
    public Optional<Token> token(String token) {
        // Those who come with the same token meanwhile wait for the one answer.
        return remembered.get(token, this::ask).filter(this::lasts);
    }

    private boolean lasts(Token token) {
        return token.expiresAt().isAfter(clock.instant());
    }

    private Optional<Token> ask(String text) {
        if (text.chars().anyMatch(letter -> letter <= ' ' || letter > '~')) {
            return Optional.empty();
        }
        Keystone.Answer answer =
                keystone.call("GET", "/auth/tokens?nocatalog", null, Map.of("X-Subject-Token", text), 200, 404);
        return answer.status() == 404
                ? Optional.empty()
                : Optional.of(read(answer.required().path("token")));
    }

    private static Token read(JsonNode token) {
        JsonNode user = token.path("user");
        JsonNode credential = token.path("application_credential");
        return new Token(
                new Token.User(
                        new UserId(user.path("id").asText()), user.path("name").asText(), domain(user.path("domain"))),
                scope(token),
                roles(token.path("roles")),
                methods(token.path("methods")),
                texts(token.path("audit_ids")),
                Instant.parse(token.path("issued_at").asText()),
                Instant.parse(token.path("expires_at").asText()),
                credential.isObject()
                        ? Optional.of(new Token.ApplicationCredential(
                                new CredentialId(credential.path("id").asText()),
                                credential.path("name").asText(),
                                credential.path("restricted").asBoolean()))
                        : Optional.empty());
    }

    private static Scope scope(JsonNode token) {
        JsonNode project = token.path("project");
        if (project.isObject()) {
            return new Scope.Project(
                    new ProjectId(project.path("id").asText()),
                    project.path("name").asText(),
                    domain(project.path("domain")));
        }
        if (token.path("domain").isObject()) {
            return new Scope.Domain(domain(token.path("domain")));
        }
        return token.path("system").isObject() ? new Scope.System() : new Scope.Unscoped();
    }

    private static Scope.NamedDomain domain(JsonNode domain) {
        return new Scope.NamedDomain(
                new DomainId(domain.path("id").asText()), domain.path("name").asText());
    }

    private static List<Token.Role> roles(JsonNode roles) {
        List<Token.Role> read = new ArrayList<>();
        roles.forEach(role -> read.add(new Token.Role(
                new RoleId(role.path("id").asText()), role.path("name").asText())));
        return read;
    }

    /// Those that we have a word for: the others (TOTP, federation, ...) prove no less.
    private static Set<Token.Method> methods(JsonNode methods) {
        Set<Token.Method> read = EnumSet.noneOf(Token.Method.class);
        List<String> names = texts(methods);
        for (Token.Method method : Token.Method.values()) {
            if (names.contains(method.wireName())) {
                read.add(method);
            }
        }
        return read;
    }

    private static List<String> texts(JsonNode array) {
        List<String> read = new ArrayList<>();
        array.forEach(entry -> read.add(entry.asText()));
        return read;
    }
}
