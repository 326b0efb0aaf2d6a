package cloud.stasis.gateway.identity;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What a valid token says, with names and roles as they are now, not as they were when it was issued.
///
/// @param auditIds its own audit id, then that of the first token of the chain it was made from, if there is one
/// @param roles effective on the scope: assigned, by group, inherited and implied
public record Token(
        User user,
        Scope scope,
        List<Role> roles,
        Set<Method> methods,
        List<String> auditIds,
        Instant issuedAt,
        Instant expiresAt,
        Optional<ApplicationCredential> applicationCredential) {
    public Token {
        roles = List.copyOf(roles);
        methods = Set.copyOf(methods);
        auditIds = List.copyOf(auditIds);
    }

    /// How the user has proved who it is.
    public enum Method {
        PASSWORD("password"),
        TOKEN("token"),
        APPLICATION_CREDENTIAL("application_credential");

        private final String wireName;

        Method(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }
    }

    public record User(UserId id, String name, Scope.NamedDomain domain) {}

    public record Role(RoleId id, String name) {}

    /// @param restricted it may not make or delete credentials of its own kind
    public record ApplicationCredential(CredentialId id, String name, boolean restricted) {}

    public boolean hasRole(String name) {
        return roles.stream().anyMatch(role -> role.name().equals(name));
    }

    /// For everything that belongs to a project: machines, volumes, images, snapshots.
    ///
    /// @throws StasisException `ACCESS_DENIED` if the token is not scoped to a project
    public Caller caller(String requestId) {
        return switch (scope) {
            case Scope.Project project -> caller(project.id(), project.name(), requestId);
            case Scope.Unscoped _, Scope.Domain _, Scope.System _ ->
                throw new StasisException(
                        ErrorCode.ACCESS_DENIED,
                        "This token has no project; ask for a token scoped to a project and try again.");
        };
    }

    private Caller caller(ProjectId project, String projectName, String requestId) {
        Set<String> names = roles.stream().map(Role::name).collect(Collectors.toSet());
        return new Caller(user.id(), user.name(), project, projectName, names, requestId);
    }
}
