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
import cloud.stasis.gateway.identity.Scope;
import cloud.stasis.gateway.identity.Tenancy;
import cloud.stasis.gateway.identity.Token;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

@Path("identity/v3")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Transactional
public class ProjectsResource {
    private final CurrentRequest request;
    private final Projects projects;
    private final Tenancy tenancy;
    private final Grants grants;
    private final Links links;

    ProjectsResource(CurrentRequest request, Projects projects, Tenancy tenancy, Grants grants, Links links) {
        this.request = request;
        this.projects = projects;
        this.tenancy = tenancy;
        this.grants = grants;
        this.links = links;
    }

    @GET
    @Path("projects")
    public Map<String, Object> list(
            @QueryParam("name") @Nullable String name,
            @QueryParam("domain_id") @Nullable String domain,
            @QueryParam("parent_id") @Nullable String parent,
            @QueryParam("enabled") @Nullable String enabled,
            @QueryParam("is_domain") @Nullable String isDomain) {
        IdentityAction.LIST_PROJECTS.check(request.token());
        return bodies(projects.list(new Projects.Filter(
                Params.text(name),
                Params.id(domain, DomainId::new),
                Params.id(parent, ProjectId::new),
                Params.optionalFlag(enabled),
                Params.flag(isDomain) ? Project.Kind.DOMAIN : Project.Kind.PROJECT)));
    }

    @POST
    @Path("projects")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(@Nullable JsonNode body) {
        IdentityAction.CHANGE_PROJECTS.check(request.token());
        JsonFields fields = JsonFields.of(body)
                .object("project")
                .only("name", "description", "enabled", "domain_id", "parent_id", "is_domain", "options", "tags");
        Project made = tenancy.create(new Tenancy.Plan(
                fields.optionalFlag("is_domain").orElse(false) ? Project.Kind.DOMAIN : Project.Kind.PROJECT,
                fields.text("name", IdentityLimits.PROJECT_NAME),
                fields.optionalText("description", IdentityLimits.DESCRIPTION).orElse(""),
                fields.optionalFlag("enabled").orElse(true),
                fields.optionalText("domain_id", IdentityLimits.PROJECT_NAME)
                        .map(DomainId::new)
                        .orElseGet(() -> Defaults.domain(request.token())),
                fields.optionalText("parent_id", IdentityLimits.PROJECT_NAME).map(ProjectId::new),
                tags(fields).orElse(List.of())));
        return Response.status(Response.Status.CREATED)
                .entity(Bodies.one("project", body(made)))
                .build();
    }

    @GET
    @Path("projects/{id}")
    public Map<String, Object> show(@PathParam("id") String id) {
        Token token = request.token();
        ProjectId project = id(id);
        if (!isOwn(token, project)) {
            IdentityAction.SHOW_PROJECT.check(token);
        }
        return Bodies.one("project", body(projects.required(project)));
    }

    @PATCH
    @Path("projects/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Map<String, Object> change(@PathParam("id") String id, @Nullable JsonNode body) {
        IdentityAction.CHANGE_PROJECTS.check(request.token());
        JsonFields fields = JsonFields.of(body).object("project");
        Project before = projects.required(id(id));
        checkUnmoved(fields, before);
        return Bodies.one("project", body(tenancy.change(before.id(), change(fields))));
    }

    @DELETE
    @Path("projects/{id}")
    public void remove(@PathParam("id") String id) {
        IdentityAction.CHANGE_PROJECTS.check(request.token());
        tenancy.remove(id(id));
    }

    /// The projects that the caller may log in to.
    @GET
    @Path("auth/projects")
    public Map<String, Object> own() {
        return bodies(grants.projectsOf(request.token().user().id()));
    }

    @GET
    @Path("users/{id}/projects")
    public Map<String, Object> ofUser(@PathParam("id") String id) {
        var user = UsersResource.id(id);
        IdentityAction.LIST_USER_PROJECTS.check(request.token(), user);
        return bodies(grants.projectsOf(user));
    }

    static Tenancy.Change change(JsonFields fields) {
        return new Tenancy.Change(
                fields.has("name") ? Optional.of(fields.text("name", IdentityLimits.PROJECT_NAME)) : Optional.empty(),
                fields.optionalText("description", IdentityLimits.DESCRIPTION),
                fields.optionalFlag("enabled"),
                tags(fields));
    }

    private static Optional<List<String>> tags(JsonFields fields) {
        if (!fields.has("tags")) {
            return Optional.empty();
        }
        List<String> tags = fields.texts("tags", IdentityLimits.TAGS, IdentityLimits.TAG);
        boolean malformed = tags.stream().anyMatch(tag -> tag.isEmpty() || tag.contains("/") || tag.contains(","));
        if (malformed || tags.size() != new HashSet<>(tags).size()) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "Tags of a project must differ, and have no comma and no slash.");
        }
        return Optional.of(tags);
    }

    private static void checkUnmoved(JsonFields fields, Project before) {
        fields.only("name", "description", "enabled", "domain_id", "parent_id", "is_domain", "options", "tags", "id");
        boolean moved = fields.optionalText("domain_id", IdentityLimits.PROJECT_NAME)
                .map(domain -> !Optional.of(new DomainId(domain)).equals(before.domain()))
                .orElse(false);
        if (moved || fields.optionalFlag("is_domain").orElse(before.isDomain()) != before.isDomain()) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "The domain of a project, and whether it is one, cannot be changed.");
        }
    }

    private static boolean isOwn(Token token, ProjectId project) {
        return token.scope() instanceof Scope.Project own && own.id().equals(project);
    }

    static ProjectId id(String text) {
        return PathId.of(text, ProjectId::new, ErrorCode.OBJECT_NOT_FOUND);
    }

    private Map<String, Object> bodies(List<Project> found) {
        return Bodies.list("projects", found.stream().map(this::body).toList());
    }

    private Map<String, Object> body(Project project) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", project.id().value());
        body.put("name", project.name());
        body.put("domain_id", project.domain().map(DomainId::value).orElse(null));
        body.put(
                "parent_id",
                project.parent()
                        .map(ProjectId::value)
                        .or(() -> project.domain().map(DomainId::value))
                        .orElse(null));
        body.put("description", project.description());
        body.put("enabled", project.enabled());
        body.put("is_domain", project.isDomain());
        body.put("tags", project.tags());
        body.put("options", Map.of());
        body.put("links", links.self("projects/" + project.id()));
        return body;
    }
}
