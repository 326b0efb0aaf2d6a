package cloud.stasis.gateway.http.identity;

import cloud.stasis.gateway.http.PublicUrls;
import cloud.stasis.gateway.identity.Assignment;
import cloud.stasis.gateway.identity.Assignment.Actor;
import cloud.stasis.gateway.identity.Assignment.Reach;
import cloud.stasis.gateway.identity.Assignment.Target;
import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.Group;
import cloud.stasis.gateway.identity.GroupId;
import cloud.stasis.gateway.identity.Groups;
import cloud.stasis.gateway.identity.Project;
import cloud.stasis.gateway.identity.Projects;
import cloud.stasis.gateway.identity.Role;
import cloud.stasis.gateway.identity.RoleId;
import cloud.stasis.gateway.identity.Roles;
import cloud.stasis.gateway.identity.User;
import cloud.stasis.gateway.identity.Users;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Assignments as the API shows them, by ids or with names too. Names come from the session's own cache when an
/// entity has been read before.
@ApplicationScoped
class AssignmentBodies {
    private final Projects projects;
    private final Users users;
    private final Groups groups;
    private final Roles roles;
    private final PublicUrls urls;

    AssignmentBodies(Projects projects, Users users, Groups groups, Roles roles, PublicUrls urls) {
        this.projects = projects;
        this.users = users;
        this.groups = groups;
        this.roles = roles;
        this.urls = urls;
    }

    Map<String, Object> of(Assignment assignment, boolean names) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("role", role(assignment.role(), names));
        switch (assignment.actor()) {
            case Actor.OfUser(UserId id) -> body.put("user", user(id, names));
            case Actor.OfGroup(GroupId id) -> body.put("group", group(id, names));
        }
        Map<String, Object> scope = new LinkedHashMap<>();
        switch (assignment.target()) {
            case Target.OnProject(ProjectId id) -> scope.put("project", project(id, names));
            case Target.OnDomain(DomainId id) -> scope.put("domain", domain(id, names));
            case Target.OnSystem _ -> scope.put("system", Map.of("all", true));
        }
        if (assignment.reach() == Reach.PROJECTS_BELOW) {
            scope.put("OS-INHERIT:inherited_to", "projects");
        }
        body.put("scope", scope);
        body.put("links", Map.of("assignment", urls.of("/identity/v3/role_assignments")));
        return body;
    }

    private Map<String, Object> role(RoleId id, boolean names) {
        Optional<Role> found = names ? roles.find(id) : Optional.empty();
        Map<String, Object> body = named(id.value(), found.map(Role::name));
        found.flatMap(Role::domain).ifPresent(domain -> body.put("domain", domain(domain, true)));
        return body;
    }

    private Map<String, Object> user(UserId id, boolean names) {
        Optional<User> found = names ? users.find(id) : Optional.empty();
        Map<String, Object> body = named(id.value(), found.map(User::name));
        found.ifPresent(user -> body.put("domain", domain(user.domain(), true)));
        return body;
    }

    private Map<String, Object> group(GroupId id, boolean names) {
        Optional<Group> found = names ? groups.find(id) : Optional.empty();
        Map<String, Object> body = named(id.value(), found.map(Group::name));
        found.ifPresent(group -> body.put("domain", domain(group.domain(), true)));
        return body;
    }

    private Map<String, Object> project(ProjectId id, boolean names) {
        Optional<Project> found = names ? projects.find(id) : Optional.empty();
        Map<String, Object> body = named(id.value(), found.map(Project::name));
        found.flatMap(Project::domain).ifPresent(domain -> body.put("domain", domain(domain, true)));
        return body;
    }

    private Map<String, Object> domain(DomainId id, boolean names) {
        return named(id.value(), names ? projects.findDomain(id).map(Project::name) : Optional.empty());
    }

    private static Map<String, Object> named(String id, Optional<String> name) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", id);
        name.ifPresent(text -> body.put("name", text));
        return body;
    }
}
