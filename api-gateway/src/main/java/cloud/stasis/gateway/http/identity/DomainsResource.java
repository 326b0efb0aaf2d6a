package cloud.stasis.gateway.http.identity;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.Grants;
import cloud.stasis.gateway.identity.IdentityAction;
import cloud.stasis.gateway.identity.IdentityLimits;
import cloud.stasis.gateway.identity.Project;
import cloud.stasis.gateway.identity.Projects;
import cloud.stasis.gateway.identity.Tenancy;
import cloud.stasis.model.ErrorCode;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

@Path("identity/v3")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Transactional
public class DomainsResource {
    private final CurrentRequest request;
    private final Projects projects;
    private final Tenancy tenancy;
    private final Grants grants;
    private final Links links;

    DomainsResource(CurrentRequest request, Projects projects, Tenancy tenancy, Grants grants, Links links) {
        this.request = request;
        this.projects = projects;
        this.tenancy = tenancy;
        this.grants = grants;
        this.links = links;
    }

    @GET
    @Path("domains")
    public Map<String, Object> list(
            @QueryParam("name") @Nullable String name, @QueryParam("enabled") @Nullable String enabled) {
        IdentityAction.LIST_DOMAINS.check(request.token());
        return bodies(projects.list(new Projects.Filter(
                Params.text(name),
                Optional.empty(),
                Optional.empty(),
                Params.optionalFlag(enabled),
                Project.Kind.DOMAIN)));
    }

    @POST
    @Path("domains")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(@Nullable JsonNode body) {
        IdentityAction.CHANGE_DOMAINS.check(request.token());
        JsonFields fields =
                JsonFields.of(body).object("domain").only("name", "description", "enabled", "options", "tags");
        Project made = tenancy.create(new Tenancy.Plan(
                Project.Kind.DOMAIN,
                fields.text("name", IdentityLimits.PROJECT_NAME),
                fields.optionalText("description", IdentityLimits.DESCRIPTION).orElse(""),
                fields.optionalFlag("enabled").orElse(true),
                DomainId.DEFAULT,
                Optional.empty(),
                List.of()));
        return Response.status(Response.Status.CREATED)
                .entity(Bodies.one("domain", body(made)))
                .build();
    }

    @GET
    @Path("domains/{id}")
    public Map<String, Object> show(@PathParam("id") String id) {
        DomainId domain = id(id);
        if (!Defaults.domain(request.token()).equals(domain)) {
            IdentityAction.SHOW_DOMAIN.check(request.token());
        }
        return Bodies.one("domain", body(projects.requiredDomain(domain)));
    }

    @PATCH
    @Path("domains/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Map<String, Object> change(@PathParam("id") String id, @Nullable JsonNode body) {
        IdentityAction.CHANGE_DOMAINS.check(request.token());
        JsonFields fields =
                JsonFields.of(body).object("domain").only("name", "description", "enabled", "options", "tags", "id");
        Project domain = projects.requiredDomain(id(id));
        return Bodies.one("domain", body(tenancy.change(domain.id(), ProjectsResource.change(fields))));
    }

    @DELETE
    @Path("domains/{id}")
    public void remove(@PathParam("id") String id) {
        IdentityAction.CHANGE_DOMAINS.check(request.token());
        tenancy.remove(projects.requiredDomain(id(id)).id());
    }

    /// The domains that the caller may log in to.
    @GET
    @Path("auth/domains")
    public Map<String, Object> own() {
        return bodies(grants.domainsOf(request.token().user().id()));
    }

    /// Whether the caller may log in to the system.
    @GET
    @Path("auth/system")
    public Map<String, Object> ownSystem() {
        boolean may = grants.isOnSystem(request.token().user().id());
        return Bodies.list("system", may ? List.of(Map.of("all", true)) : List.of());
    }

    static DomainId id(String text) {
        return PathId.of(text, DomainId::new, ErrorCode.OBJECT_NOT_FOUND);
    }

    private Map<String, Object> bodies(List<Project> found) {
        return Bodies.list("domains", found.stream().map(this::body).toList());
    }

    private Map<String, Object> body(Project domain) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", domain.id().value());
        body.put("name", domain.name());
        body.put("description", domain.description());
        body.put("enabled", domain.enabled());
        body.put("tags", List.of());
        body.put("options", Map.of());
        body.put("links", links.self("domains/" + domain.id()));
        return body;
    }
}
