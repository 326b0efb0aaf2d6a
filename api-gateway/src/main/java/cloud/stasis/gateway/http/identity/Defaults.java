package cloud.stasis.gateway.http.identity;

import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.Scope;
import cloud.stasis.gateway.identity.Token;

/// What Keystone assumes when a request does not say.
final class Defaults {
    private Defaults() {}

    /// The domain that the token is scoped to, directly or by its project.
    static DomainId domain(Token token) {
        return switch (token.scope()) {
            case Scope.Project project -> project.domain().id();
            case Scope.Domain(Scope.NamedDomain domain) -> domain.id();
            case Scope.Unscoped _, Scope.System _ -> DomainId.DEFAULT;
        };
    }
}
