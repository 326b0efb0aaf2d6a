package cloud.stasis.gateway.http.identity;

import cloud.stasis.gateway.identity.Catalogue;
import cloud.stasis.gateway.identity.Scope;
import cloud.stasis.gateway.identity.Token;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the API shows of a token. Which keys there are depends on its scope.
final class TokenBody {
    private TokenBody() {}

    static Map<String, Object> of(Token token, Optional<List<Catalogue.Service>> catalogue) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(
                "methods",
                token.methods().stream().map(Token.Method::wireName).sorted().toList());
        body.put("user", user(token.user()));
        body.put("audit_ids", token.auditIds());
        body.put("issued_at", Times.text(token.issuedAt()));
        body.put("expires_at", Times.text(token.expiresAt()));
        switch (token.scope()) {
            case Scope.Unscoped _ -> {}
            case Scope.Project project -> {
                body.put("project", named(project.id().value(), project.name(), project.domain()));
                body.put("is_domain", false);
            }
            case Scope.Domain(Scope.NamedDomain domain) -> body.put("domain", named(domain));
            case Scope.System _ -> body.put("system", Map.of("all", true));
        }
        if (!(token.scope() instanceof Scope.Unscoped)) {
            body.put("roles", token.roles().stream().map(TokenBody::role).toList());
            catalogue.ifPresent(services -> body.put("catalog", catalog(services)));
        }
        token.applicationCredential()
                .ifPresent(credential -> body.put(
                        "application_credential",
                        Map.of(
                                "id",
                                credential.id().value(),
                                "name",
                                credential.name(),
                                "restricted",
                                credential.restricted())));
        return Map.of("token", body);
    }

    static List<Map<String, Object>> catalog(List<Catalogue.Service> services) {
        return services.stream()
                .map(service -> {
                    Map<String, Object> body = new LinkedHashMap<>();
                    body.put("id", service.id());
                    body.put("type", service.type());
                    body.put("name", service.name());
                    body.put(
                            "endpoints",
                            service.endpoints().stream()
                                    .map(TokenBody::endpoint)
                                    .toList());
                    return body;
                })
                .toList();
    }

    private static Map<String, Object> endpoint(Catalogue.Endpoint endpoint) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", endpoint.id());
        body.put("interface", endpoint.interfaceName());
        body.put("region", endpoint.region());
        body.put("region_id", endpoint.region());
        body.put("url", endpoint.url());
        return body;
    }

    private static Map<String, Object> user(Token.User user) {
        Map<String, Object> body = named(user.id().value(), user.name(), user.domain());
        body.put("password_expires_at", null);
        return body;
    }

    private static Map<String, Object> named(String id, String name, Scope.NamedDomain domain) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", id);
        body.put("name", name);
        body.put("domain", named(domain));
        return body;
    }

    private static Map<String, String> named(Scope.NamedDomain domain) {
        return Map.of("id", domain.id().value(), "name", domain.name());
    }

    private static Map<String, String> role(Token.Role role) {
        return Map.of("id", role.id().value(), "name", role.name());
    }
}
