package cloud.stasis.gateway.http.identity;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.Group;
import cloud.stasis.gateway.identity.GroupId;
import cloud.stasis.gateway.identity.Groups;
import cloud.stasis.gateway.identity.IdentityAction;
import cloud.stasis.gateway.identity.IdentityLimits;
import cloud.stasis.gateway.identity.Projects;
import cloud.stasis.gateway.identity.Users;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.UserId;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Path("identity/v3")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Transactional
public class GroupsResource {
    private final CurrentRequest request;
    private final Groups groups;
    private final Users users;
    private final Projects projects;
    private final Links links;

    GroupsResource(CurrentRequest request, Groups groups, Users users, Projects projects, Links links) {
        this.request = request;
        this.groups = groups;
        this.users = users;
        this.projects = projects;
        this.links = links;
    }

    @GET
    @Path("groups")
    public Map<String, Object> list(
            @QueryParam("name") @Nullable String name, @QueryParam("domain_id") @Nullable String domain) {
        IdentityAction.SHOW_GROUPS.check(request.token());
        return bodies(groups.list(Params.id(domain, DomainId::new), Params.text(name)));
    }

    @POST
    @Path("groups")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(@Nullable JsonNode body) {
        IdentityAction.CHANGE_GROUPS.check(request.token());
        JsonFields fields = JsonFields.of(body).object("group");
        Group made = new Group(
                new GroupId(UUID.randomUUID().toString().replace("-", "")),
                fields.optionalText("domain_id", IdentityLimits.PROJECT_NAME)
                        .map(DomainId::new)
                        .orElseGet(() -> Defaults.domain(request.token())),
                fields.text("name", IdentityLimits.PROJECT_NAME),
                fields.optionalText("description", IdentityLimits.DESCRIPTION).orElse(""));
        projects.requiredDomain(made.domain());
        groups.add(made);
        return Response.status(Response.Status.CREATED)
                .entity(Bodies.one("group", body(made)))
                .build();
    }

    @GET
    @Path("groups/{id}")
    public Map<String, Object> show(@PathParam("id") String id) {
        IdentityAction.SHOW_GROUPS.check(request.token());
        return Bodies.one("group", body(groups.required(id(id))));
    }

    @PATCH
    @Path("groups/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Map<String, Object> change(@PathParam("id") String id, @Nullable JsonNode body) {
        IdentityAction.CHANGE_GROUPS.check(request.token());
        JsonFields fields = JsonFields.of(body).object("group");
        Group before = groups.required(id(id));
        Group after = new Group(
                before.id(),
                before.domain(),
                fields.has("name") ? fields.text("name", IdentityLimits.PROJECT_NAME) : before.name(),
                fields.optionalText("description", IdentityLimits.DESCRIPTION).orElse(before.description()));
        groups.change(after);
        return Bodies.one("group", body(after));
    }

    @DELETE
    @Path("groups/{id}")
    public void remove(@PathParam("id") String id) {
        IdentityAction.CHANGE_GROUPS.check(request.token());
        groups.remove(groups.required(id(id)).id());
    }

    @GET
    @Path("groups/{id}/users")
    public Map<String, Object> members(@PathParam("id") String id) {
        IdentityAction.SHOW_GROUPS.check(request.token());
        List<UserId> members = groups.members(groups.required(id(id)).id());
        return Bodies.list(
                "users",
                users.findAll(members).stream()
                        .map(user -> UsersResource.body(user, links))
                        .toList());
    }

    @PUT
    @Path("groups/{id}/users/{user}")
    public void addMember(@PathParam("id") String id, @PathParam("user") String user) {
        IdentityAction.CHANGE_GROUPS.check(request.token());
        groups.addMember(
                groups.required(id(id)).id(),
                users.required(UsersResource.id(user)).id());
    }

    @HEAD
    @Path("groups/{id}/users/{user}")
    public void checkMember(@PathParam("id") String id, @PathParam("user") String user) {
        IdentityAction.SHOW_GROUPS.check(request.token());
        requireMember(groups.isMember(id(id), UsersResource.id(user)));
    }

    @DELETE
    @Path("groups/{id}/users/{user}")
    public void removeMember(@PathParam("id") String id, @PathParam("user") String user) {
        IdentityAction.CHANGE_GROUPS.check(request.token());
        requireMember(groups.removeMember(id(id), UsersResource.id(user)));
    }

    @GET
    @Path("users/{user}/groups")
    public Map<String, Object> ofUser(@PathParam("user") String user) {
        UserId id = UsersResource.id(user);
        IdentityAction.LIST_USER_GROUPS.check(request.token(), id);
        return bodies(groups.of(users.required(id).id()));
    }

    static GroupId id(String text) {
        return PathId.of(text, GroupId::new, ErrorCode.OBJECT_NOT_FOUND);
    }

    private static void requireMember(boolean member) {
        if (!member) {
            throw new StasisException(ErrorCode.OBJECT_NOT_FOUND, "The user is not in this group.");
        }
    }

    private Map<String, Object> bodies(List<Group> found) {
        return Bodies.list("groups", found.stream().map(this::body).toList());
    }

    private Map<String, Object> body(Group group) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", group.id().value());
        body.put("name", group.name());
        body.put("domain_id", group.domain().value());
        body.put("description", group.description());
        body.put("links", links.self("groups/" + group.id()));
        return body;
    }
}
