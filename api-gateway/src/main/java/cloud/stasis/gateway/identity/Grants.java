package cloud.stasis.gateway.identity;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What assignments amount to: groups become their members, inherited roles the projects below, roles what they
/// imply. Every method must be called within a transaction.
public final class Grants {
    private final Projects projects;
    private final Groups groups;
    private final Roles roles;
    private final Assignments assignments;

    public Grants(Projects projects, Groups groups, Roles roles, Assignments assignments) {
        this.projects = projects;
        this.groups = groups;
        this.roles = roles;
        this.assignments = assignments;
    }

    /// The projects that a user can have a token for.
    public List<Project> projectsOf(UserId user) {
        List<Assignment> held = assignments.of(user);
        Set<ProjectId> ids = held.stream()
                .flatMap(assignment -> projectsReached(assignment).stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        return projects.findAll(ids).stream()
                .filter(project -> project.enabled() && !project.isDomain())
                .toList();
    }

    /// The domains that a user can have a token for.
    public List<Project> domainsOf(UserId user) {
        Set<ProjectId> ids = assignments.of(user).stream()
                .filter(assignment -> assignment.reach() == Assignment.Reach.TARGET)
                .map(Assignment::target)
                .filter(Assignment.Target.OnDomain.class::isInstance)
                .map(target ->
                        new ProjectId(((Assignment.Target.OnDomain) target).id().value()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        return projects.findAll(ids).stream().filter(Project::enabled).toList();
    }

    public boolean isOnSystem(UserId user) {
        return assignments.of(user).stream()
                .anyMatch(assignment -> assignment.target() instanceof Assignment.Target.OnSystem);
    }

    /// The same as if everything had been assigned to single users, on single targets, role by role.
    public List<Assignment> effective(Collection<Assignment> assigned) {
        RoleGraph graph = new RoleGraph(roles.all(), roles.implications());
        return assigned.stream()
                .flatMap(assignment -> users(assignment.actor()).flatMap(actor -> targets(assignment)
                        .flatMap(target -> graph.inTokens(List.of(assignment.role())).stream()
                                .map(role -> new Assignment(actor, target, role.id(), Assignment.Reach.TARGET)))))
                .distinct()
                .limit(IdentityLimits.LIST)
                .toList();
    }

    private Stream<Assignment.Actor> users(Assignment.Actor actor) {
        return switch (actor) {
            case Assignment.Actor.OfUser user -> Stream.of(user);
            case Assignment.Actor.OfGroup(GroupId group) ->
                groups.members(group).stream().map(Assignment.Actor.OfUser::new);
        };
    }

    private Stream<Assignment.Target> targets(Assignment assignment) {
        return switch (assignment.reach()) {
            case TARGET -> Stream.of(assignment.target());
            case PROJECTS_BELOW -> projectsReached(assignment).stream().map(Assignment.Target.OnProject::new);
        };
    }

    private List<ProjectId> projectsReached(Assignment assignment) {
        return switch (assignment.target()) {
            case Assignment.Target.OnSystem _ -> List.of();
            case Assignment.Target.OnProject(ProjectId id) ->
                assignment.reach() == Assignment.Reach.TARGET ? List.of(id) : subtree(id);
            case Assignment.Target.OnDomain(DomainId domain) ->
                assignment.reach() == Assignment.Reach.TARGET
                        ? List.of()
                        : listed(Optional.of(domain), Optional.empty());
        };
    }

    private List<ProjectId> subtree(ProjectId root) {
        List<ProjectId> found = new ArrayList<>();
        List<ProjectId> level = List.of(root);
        for (int depth = 0; depth < IdentityLimits.PROJECT_DEPTH && !level.isEmpty(); depth++) {
            level = level.stream()
                    .flatMap(project -> listed(Optional.empty(), Optional.of(project)).stream())
                    .toList();
            found.addAll(level);
        }
        return found;
    }

    private List<ProjectId> listed(Optional<DomainId> domain, Optional<ProjectId> parent) {
        return projects
                .list(new Projects.Filter(Optional.empty(), domain, parent, Optional.empty(), Project.Kind.PROJECT))
                .stream()
                .map(Project::id)
                .toList();
    }
}
