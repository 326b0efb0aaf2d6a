package cloud.stasis.gateway.identity;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a user is entitled to on a scope now. Asked when a token is issued, and again whenever one is checked, so
/// that nothing outlives the assignment that it came from.
public final class Entitlements {
    private final Users users;
    private final Projects projects;
    private final Roles roles;
    private final Assignments assignments;
    private final ApplicationCredentials credentials;
    private final Clock clock;

    public Entitlements(
            Users users,
            Projects projects,
            Roles roles,
            Assignments assignments,
            ApplicationCredentials credentials,
            Clock clock) {
        this.users = users;
        this.projects = projects;
        this.roles = roles;
        this.assignments = assignments;
        this.credentials = credentials;
        this.clock = clock;
    }

    /// What a token may say.
    public record Entitlement(
            Token.User user,
            Scope scope,
            List<Token.Role> roles,
            Optional<Token.ApplicationCredential> applicationCredential,
            TokenClaims.Epochs epochs) {
        public Entitlement {
            roles = List.copyOf(roles);
        }
    }

    /// Empty if the user, its domain, the project or the project's domain is gone or disabled, if the user holds no
    /// role there, or if the application credential no longer stands.
    public Optional<Entitlement> of(UserId id, TokenClaims.Target target, Optional<CredentialId> credential) {
        Optional<User> user = users.find(id).filter(User::enabled);
        Optional<Project> home =
                user.flatMap(found -> projects.findDomain(found.domain())).filter(Project::enabled);
        if (home.isEmpty()) {
            return Optional.empty();
        }
        Token.User named = new Token.User(id, user.get().name(), home.get().asDomain());
        return switch (target) {
            case TokenClaims.Target.Nothing _ -> Optional.of(entitlement(named, new Scope.Unscoped(), List.of(), 0));
            case TokenClaims.Target.OfProject(ProjectId project) -> onProject(named, project, credential);
            case TokenClaims.Target.OfDomain(DomainId domain) -> onDomain(named, domain);
            case TokenClaims.Target.OfSystem _ ->
                granted(
                        named,
                        new Scope.System(),
                        assignments.rolesOf(id, new Assignment.Target.OnSystem(), List.of()),
                        0);
        };
    }

    private Optional<Entitlement> onProject(Token.User user, ProjectId id, Optional<CredentialId> credential) {
        Optional<Project> project = projects.find(id).filter(found -> found.enabled() && !found.isDomain());
        if (project.isEmpty()) {
            return Optional.empty();
        }
        Project.Ancestors above = projects.ancestors(project.get());
        if (!above.domain().enabled()) {
            return Optional.empty();
        }
        List<ProjectId> inheritedFrom = new ArrayList<>(above.projects());
        inheritedFrom.add(above.domain().id());
        List<RoleId> held = assignments.rolesOf(user.id(), new Assignment.Target.OnProject(id), inheritedFrom);
        Scope scope = new Scope.Project(id, project.get().name(), above.domain().asDomain());
        Optional<Entitlement> all = granted(user, scope, held, projects.tokenEpoch(id));
        return credential.isEmpty() ? all : all.flatMap(whole -> narrowed(whole, id, credential.get()));
    }

    private Optional<Entitlement> onDomain(Token.User user, DomainId id) {
        return projects.findDomain(id)
                .filter(Project::enabled)
                .flatMap(domain -> granted(
                        user,
                        new Scope.Domain(domain.asDomain()),
                        assignments.rolesOf(user.id(), new Assignment.Target.OnDomain(id), List.of()),
                        projects.tokenEpoch(domain.id())));
    }

    /// An application credential gives its own roles, and nothing at all once the user has lost one of them.
    private Optional<Entitlement> narrowed(Entitlement whole, ProjectId project, CredentialId id) {
        Optional<ApplicationCredential> credential = credentials
                .find(id)
                .filter(found -> found.user().equals(whole.user().id())
                        && found.project().equals(project))
                .filter(found -> found.expiresAt()
                        .map(end -> end.isAfter(clock.instant()))
                        .orElse(true));
        Set<RoleId> held = new HashSet<>();
        whole.roles().forEach(role -> held.add(role.id()));
        return credential
                .filter(found -> held.containsAll(found.roles()))
                .map(found -> new Entitlement(
                        whole.user(),
                        whole.scope(),
                        graph().inTokens(found.roles()),
                        Optional.of(new Token.ApplicationCredential(id, found.name(), !found.unrestricted())),
                        whole.epochs()));
    }

    private Optional<Entitlement> granted(Token.User user, Scope scope, List<RoleId> held, long scopeEpoch) {
        List<Token.Role> shown = graph().inTokens(held);
        return shown.isEmpty() ? Optional.empty() : Optional.of(entitlement(user, scope, shown, scopeEpoch));
    }

    private Entitlement entitlement(Token.User user, Scope scope, List<Token.Role> shown, long scopeEpoch) {
        return new Entitlement(
                user, scope, shown, Optional.empty(), new TokenClaims.Epochs(users.tokenEpoch(user.id()), scopeEpoch));
    }

    private RoleGraph graph() {
        return new RoleGraph(roles.all(), roles.implications());
    }
}
