package cloud.stasis.gateway.http.identity;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.identity.Assignment;
import cloud.stasis.gateway.identity.Assignment.Actor;
import cloud.stasis.gateway.identity.Assignment.Reach;
import cloud.stasis.gateway.identity.Assignment.Target;
import cloud.stasis.gateway.identity.Assignments;
import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.Grants;
import cloud.stasis.gateway.identity.GroupId;
import cloud.stasis.gateway.identity.IdentityAction;
import cloud.stasis.gateway.identity.RoleId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// `GET /v3/role_assignments`: who holds what where, as assigned or, with `effective`, as it amounts to.
@Path("identity/v3")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Transactional
public class RoleAssignmentsResource {
    private final CurrentRequest request;
    private final Assignments assignments;
    private final Grants grants;
    private final AssignmentBodies bodies;

    RoleAssignmentsResource(CurrentRequest request, Assignments assignments, Grants grants, AssignmentBodies bodies) {
        this.request = request;
        this.assignments = assignments;
        this.grants = grants;
        this.bodies = bodies;
    }

    @GET
    @Path("role_assignments")
    public Map<String, Object> list(@Context UriInfo uri) {
        MultivaluedMap<String, String> query = uri.getQueryParameters();
        Optional<Actor> actor = actor(query);
        Optional<Target> target = target(query);
        Optional<RoleId> role = text(query, "role.id").map(RoleId::new);
        Optional<Reach> reach = text(query, "scope.OS-INHERIT:inherited_to").map(_ -> Reach.PROJECTS_BELOW);
        boolean own = actor.map(asked ->
                        asked.equals(new Actor.OfUser(request.token().user().id())))
                .orElse(false);
        if (!own) {
            IdentityAction.SHOW_ASSIGNMENTS.check(request.token());
        }
        List<Assignment> found = Params.flag(query.getFirst("effective"))
                ? effective(actor, target, role)
                : assignments.list(new Assignments.Filter(actor, target, role, reach));
        boolean names = Params.flag(query.getFirst("include_names"));
        return Bodies.list(
                "role_assignments",
                found.stream().map(assignment -> bodies.of(assignment, names)).toList());
    }

    /// Filters apply to what comes out, because what goes in may stand for more than it says.
    private List<Assignment> effective(Optional<Actor> actor, Optional<Target> target, Optional<RoleId> role) {
        List<Assignment> assigned = actor.filter(Actor.OfUser.class::isInstance)
                .map(user -> assignments.of(((Actor.OfUser) user).id()))
                .orElseGet(() -> assignments.list(new Assignments.Filter(
                        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty())));
        return grants.effective(assigned).stream()
                .filter(assignment -> actor.map(assignment.actor()::equals).orElse(true))
                .filter(assignment -> target.map(assignment.target()::equals).orElse(true))
                .filter(assignment -> role.map(assignment.role()::equals).orElse(true))
                .toList();
    }

    private static Optional<Actor> actor(MultivaluedMap<String, String> query) {
        Optional<Actor> user = text(query, "user.id").map(id -> new Actor.OfUser(new UserId(id)));
        return user.or(() -> text(query, "group.id").map(id -> new Actor.OfGroup(new GroupId(id))));
    }

    private static Optional<Target> target(MultivaluedMap<String, String> query) {
        Optional<Target> project = text(query, "scope.project.id").map(id -> new Target.OnProject(new ProjectId(id)));
        return Stream.of(
                        project,
                        text(query, "scope.domain.id").<Target>map(id -> new Target.OnDomain(new DomainId(id))),
                        text(query, "scope.system").<Target>map(_ -> new Target.OnSystem()))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> text(MultivaluedMap<String, String> query, String name) {
        return Params.text(query.getFirst(name));
    }
}
