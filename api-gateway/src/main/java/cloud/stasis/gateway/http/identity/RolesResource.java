package cloud.stasis.gateway.http.identity;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.IdentityAction;
import cloud.stasis.gateway.identity.IdentityLimits;
import cloud.stasis.gateway.identity.Projects;
import cloud.stasis.gateway.identity.Role;
import cloud.stasis.gateway.identity.RoleId;
import cloud.stasis.gateway.identity.Roles;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Roles, and which of them implies which.
@Path("identity/v3")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Transactional
public class RolesResource {
    private final CurrentRequest request;
    private final Roles roles;
    private final Projects projects;
    private final Links links;

    RolesResource(CurrentRequest request, Roles roles, Projects projects, Links links) {
        this.request = request;
        this.roles = roles;
        this.projects = projects;
        this.links = links;
    }

    @GET
    @Path("roles")
    public Map<String, Object> list(
            @QueryParam("name") @Nullable String name, @QueryParam("domain_id") @Nullable String domain) {
        IdentityAction.SHOW_ROLES.check(request.token());
        List<Role> found = roles.list(Params.id(domain, DomainId::new), Params.text(name));
        return Bodies.list("roles", found.stream().map(this::body).toList());
    }

    @POST
    @Path("roles")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(@Nullable JsonNode body) {
        IdentityAction.CHANGE_ROLES.check(request.token());
        JsonFields fields = JsonFields.of(body).object("role").only("name", "description", "domain_id", "options");
        Optional<DomainId> domain =
                fields.optionalText("domain_id", IdentityLimits.PROJECT_NAME).map(DomainId::new);
        domain.ifPresent(projects::requiredDomain);
        Role made = new Role(
                new RoleId(UUID.randomUUID().toString().replace("-", "")),
                domain,
                fields.text("name", IdentityLimits.NAME),
                fields.optionalText("description", IdentityLimits.DESCRIPTION).orElse(""));
        roles.add(made);
        return Response.status(Response.Status.CREATED)
                .entity(Bodies.one("role", body(made)))
                .build();
    }

    @GET
    @Path("roles/{id}")
    public Map<String, Object> show(@PathParam("id") String id) {
        IdentityAction.SHOW_ROLES.check(request.token());
        return Bodies.one("role", body(role(id)));
    }

    @PATCH
    @Path("roles/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Map<String, Object> change(@PathParam("id") String id, @Nullable JsonNode body) {
        IdentityAction.CHANGE_ROLES.check(request.token());
        JsonFields fields = JsonFields.of(body).object("role").only("name", "description", "options", "id");
        Role before = role(id);
        Role after = new Role(
                before.id(),
                before.domain(),
                fields.has("name") ? fields.text("name", IdentityLimits.NAME) : before.name(),
                fields.optionalText("description", IdentityLimits.DESCRIPTION).orElse(before.description()));
        roles.change(after);
        return Bodies.one("role", body(after));
    }

    @DELETE
    @Path("roles/{id}")
    public void remove(@PathParam("id") String id) {
        IdentityAction.CHANGE_ROLES.check(request.token());
        roles.remove(role(id).id());
    }

    @GET
    @Path("roles/{prior}/implies")
    public Map<String, Object> implied(@PathParam("prior") String prior) {
        IdentityAction.SHOW_ROLES.check(request.token());
        Role from = role(prior);
        return Map.of(
                "role_inference", inference(from, impliedBy(from)), "links", links.self("roles/" + prior + "/implies"));
    }

    @PUT
    @Path("roles/{prior}/implies/{implied}")
    public Response imply(@PathParam("prior") String prior, @PathParam("implied") String implied) {
        IdentityAction.CHANGE_ROLES.check(request.token());
        Role from = role(prior);
        Role to = role(implied);
        if (from.domain().isEmpty() && to.domain().isPresent()) {
            throw new StasisException(
                    ErrorCode.ACCESS_DENIED, "A global role cannot imply a role that is private to a domain.");
        }
        roles.imply(new Roles.Implication(from.id(), to.id()));
        return Response.status(Response.Status.CREATED).entity(single(from, to)).build();
    }

    @GET
    @Path("roles/{prior}/implies/{implied}")
    public Map<String, Object> showImplied(@PathParam("prior") String prior, @PathParam("implied") String implied) {
        IdentityAction.SHOW_ROLES.check(request.token());
        Role from = role(prior);
        Role to = role(implied);
        requireRule(roles.implications().contains(new Roles.Implication(from.id(), to.id())));
        return single(from, to);
    }

    @HEAD
    @Path("roles/{prior}/implies/{implied}")
    public void checkImplied(@PathParam("prior") String prior, @PathParam("implied") String implied) {
        showImplied(prior, implied);
    }

    @DELETE
    @Path("roles/{prior}/implies/{implied}")
    public void unimply(@PathParam("prior") String prior, @PathParam("implied") String implied) {
        IdentityAction.CHANGE_ROLES.check(request.token());
        requireRule(roles.unimply(
                new Roles.Implication(role(prior).id(), role(implied).id())));
    }

    @GET
    @Path("role_inferences")
    public Map<String, Object> inferences() {
        IdentityAction.SHOW_ROLES.check(request.token());
        List<Map<String, Object>> inferences = new ArrayList<>();
        roles.implications().stream().map(Roles.Implication::prior).distinct().forEach(prior -> {
            Role from = roles.required(prior);
            inferences.add(inference(from, impliedBy(from)));
        });
        return Map.of("role_inferences", inferences, "links", links.self("role_inferences"));
    }

    static RoleId id(String text) {
        return PathId.of(text, RoleId::new, ErrorCode.OBJECT_NOT_FOUND);
    }

    private Role role(String id) {
        return roles.required(id(id));
    }

    private List<Role> impliedBy(Role prior) {
        return roles.implications().stream()
                .filter(rule -> rule.prior().equals(prior.id()))
                .map(rule -> roles.required(rule.implied()))
                .toList();
    }

    private static void requireRule(boolean exists) {
        if (!exists) {
            throw new StasisException(ErrorCode.OBJECT_NOT_FOUND, "The one role does not imply the other.");
        }
    }

    private Map<String, Object> single(Role prior, Role implied) {
        Map<String, Object> inference = new LinkedHashMap<>();
        inference.put("prior_role", named(prior));
        inference.put("implies", named(implied));
        return Map.of(
                "role_inference", inference, "links", links.self("roles/" + prior.id() + "/implies/" + implied.id()));
    }

    private Map<String, Object> inference(Role prior, List<Role> implied) {
        Map<String, Object> inference = new LinkedHashMap<>();
        inference.put("prior_role", named(prior));
        inference.put("implies", implied.stream().map(this::named).toList());
        return inference;
    }

    private Map<String, Object> named(Role role) {
        return Map.of("id", role.id().value(), "name", role.name(), "links", links.self("roles/" + role.id()));
    }

    private Map<String, Object> body(Role role) {
        return body(role, links);
    }

    static Map<String, Object> body(Role role, Links links) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", role.id().value());
        body.put("name", role.name());
        body.put("domain_id", role.domain().map(DomainId::value).orElse(null));
        body.put("description", role.description());
        body.put("options", Map.of());
        body.put("links", links.self("roles/" + role.id()));
        return body;
    }
}
