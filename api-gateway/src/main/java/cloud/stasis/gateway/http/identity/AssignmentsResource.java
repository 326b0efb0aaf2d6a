package cloud.stasis.gateway.http.identity;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.identity.Assignment;
import cloud.stasis.gateway.identity.Assignment.Actor;
import cloud.stasis.gateway.identity.Assignment.Reach;
import cloud.stasis.gateway.identity.Assignment.Target;
import cloud.stasis.gateway.identity.Assignments;
import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.Groups;
import cloud.stasis.gateway.identity.IdentityAction;
import cloud.stasis.gateway.identity.Projects;
import cloud.stasis.gateway.identity.Role;
import cloud.stasis.gateway.identity.Roles;
import cloud.stasis.gateway.identity.Users;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Gives roles to users and groups, on projects, domains and the system, and takes them away. The paths are all of
/// one form: target, actor, role, and for what the projects below inherit `OS-INHERIT/` before and
/// `/inherited_to_projects` behind.
@Path("identity/v3")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Transactional
public class AssignmentsResource {
    private static final String ON_TARGET = "{targets:projects|domains}/{target}/{actors:users|groups}/{actor}/roles";
    private static final String ON_SYSTEM = "system/{actors:users|groups}/{actor}/roles";
    private static final String ROLE = "/{role}";
    private static final String INHERITED = "OS-INHERIT/";
    private static final String BELOW = "/inherited_to_projects";

    private final CurrentRequest request;
    private final Assignments assignments;
    private final Projects projects;
    private final Users users;
    private final Groups groups;
    private final Roles roles;
    private final Links links;

    AssignmentsResource(
            CurrentRequest request,
            Assignments assignments,
            Projects projects,
            Users users,
            Groups groups,
            Roles roles,
            Links links) {
        this.request = request;
        this.assignments = assignments;
        this.projects = projects;
        this.users = users;
        this.groups = groups;
        this.roles = roles;
        this.links = links;
    }

    @GET
    @Path(ON_TARGET)
    public Map<String, Object> list(@BeanParam OnTarget path) {
        return held(path, Reach.TARGET);
    }

    @PUT
    @Path(ON_TARGET + ROLE)
    public void give(@BeanParam OnTarget path, @PathParam("role") String role) {
        give(path.assignment(role, Reach.TARGET));
    }

    @HEAD
    @Path(ON_TARGET + ROLE)
    public void check(@BeanParam OnTarget path, @PathParam("role") String role) {
        check(path.assignment(role, Reach.TARGET));
    }

    @DELETE
    @Path(ON_TARGET + ROLE)
    public void take(@BeanParam OnTarget path, @PathParam("role") String role) {
        take(path.assignment(role, Reach.TARGET));
    }

    @GET
    @Path(INHERITED + ON_TARGET + BELOW)
    public Map<String, Object> listInherited(@BeanParam OnTarget path) {
        return held(path, Reach.PROJECTS_BELOW);
    }

    @PUT
    @Path(INHERITED + ON_TARGET + ROLE + BELOW)
    public void giveInherited(@BeanParam OnTarget path, @PathParam("role") String role) {
        give(path.assignment(role, Reach.PROJECTS_BELOW));
    }

    @HEAD
    @Path(INHERITED + ON_TARGET + ROLE + BELOW)
    public void checkInherited(@BeanParam OnTarget path, @PathParam("role") String role) {
        check(path.assignment(role, Reach.PROJECTS_BELOW));
    }

    @DELETE
    @Path(INHERITED + ON_TARGET + ROLE + BELOW)
    public void takeInherited(@BeanParam OnTarget path, @PathParam("role") String role) {
        take(path.assignment(role, Reach.PROJECTS_BELOW));
    }

    @GET
    @Path(ON_SYSTEM)
    public Map<String, Object> listOnSystem(@BeanParam OnSystem path) {
        return held(path, Reach.TARGET);
    }

    @PUT
    @Path(ON_SYSTEM + ROLE)
    public void giveOnSystem(@BeanParam OnSystem path, @PathParam("role") String role) {
        give(path.assignment(role, Reach.TARGET));
    }

    @HEAD
    @Path(ON_SYSTEM + ROLE)
    public void checkOnSystem(@BeanParam OnSystem path, @PathParam("role") String role) {
        check(path.assignment(role, Reach.TARGET));
    }

    @DELETE
    @Path(ON_SYSTEM + ROLE)
    public void takeOnSystem(@BeanParam OnSystem path, @PathParam("role") String role) {
        take(path.assignment(role, Reach.TARGET));
    }

    /// What a path says before the role: who holds it, and on what.
    private sealed interface Holder {
        Actor holder();

        Target on();

        default Assignment assignment(String role, Reach reach) {
            return new Assignment(holder(), on(), RolesResource.id(role), reach);
        }
    }

    record OnTarget(
            @PathParam("targets") String targets,
            @PathParam("target") String target,
            @PathParam("actors") String actors,
            @PathParam("actor") String actor)
            implements Holder {
        @Override
        public Actor holder() {
            return actorOf(actors, actor);
        }

        @Override
        public Target on() {
            return targets.equals("projects")
                    ? new Target.OnProject(ProjectsResource.id(target))
                    : new Target.OnDomain(DomainsResource.id(target));
        }
    }

    record OnSystem(
            @PathParam("actors") String actors,
            @PathParam("actor") String actor) implements Holder {
        @Override
        public Actor holder() {
            return actorOf(actors, actor);
        }

        @Override
        public Target on() {
            return new Target.OnSystem();
        }
    }

    private Map<String, Object> held(Holder path, Reach reach) {
        IdentityAction.SHOW_ASSIGNMENTS.check(request.token());
        List<Map<String, Object>> held = assignments
                .list(new Assignments.Filter(
                        Optional.of(path.holder()), Optional.of(path.on()), Optional.empty(), Optional.of(reach)))
                .stream()
                .map(assignment -> RolesResource.body(roles.required(assignment.role()), links))
                .toList();
        return Bodies.list("roles", held);
    }

    private void give(Assignment assignment) {
        IdentityAction.CHANGE_ASSIGNMENTS.check(request.token());
        checkThere(assignment);
        assignments.add(assignment);
    }

    private void check(Assignment assignment) {
        IdentityAction.SHOW_ASSIGNMENTS.check(request.token());
        requireAssigned(assignments.exists(assignment));
    }

    private void take(Assignment assignment) {
        IdentityAction.CHANGE_ASSIGNMENTS.check(request.token());
        requireAssigned(assignments.remove(assignment));
    }

    private void checkThere(Assignment assignment) {
        Role role = roles.required(assignment.role());
        switch (assignment.actor()) {
            case Actor.OfUser(var user) -> users.required(user);
            case Actor.OfGroup(var group) -> groups.required(group);
        }
        Optional<DomainId> domain =
                switch (assignment.target()) {
                    case Target.OnProject(ProjectId project) ->
                        projects.required(project).domain();
                    case Target.OnDomain(DomainId on) -> {
                        projects.requiredDomain(on);
                        yield Optional.of(on);
                    }
                    case Target.OnSystem _ -> Optional.empty();
                };
        if (role.domain().isPresent() && !role.domain().equals(domain)) {
            throw new StasisException(
                    ErrorCode.ACCESS_DENIED, "A role that is private to a domain can only be given within it.");
        }
    }

    private static void requireAssigned(boolean assigned) {
        if (!assigned) {
            throw new StasisException(ErrorCode.OBJECT_NOT_FOUND, "Could not find role assignment.");
        }
    }

    private static Actor actorOf(String kind, String id) {
        return kind.equals("users") ? new Actor.OfUser(UsersResource.id(id)) : new Actor.OfGroup(GroupsResource.id(id));
    }
}
