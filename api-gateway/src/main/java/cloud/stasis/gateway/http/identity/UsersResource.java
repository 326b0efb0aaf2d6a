package cloud.stasis.gateway.http.identity;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.identity.Accounts;
import cloud.stasis.gateway.identity.DomainId;
import cloud.stasis.gateway.identity.IdentityAction;
import cloud.stasis.gateway.identity.IdentityLimits;
import cloud.stasis.gateway.identity.User;
import cloud.stasis.gateway.identity.Users;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.UserId;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
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
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Not in a transaction as a whole: a password is hashed before the database is asked for anything.
@Path("identity/v3")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class UsersResource {
    private static final Set<String> KNOWN = Set.of(
            "id",
            "name",
            "domain_id",
            "description",
            "email",
            "enabled",
            "default_project_id",
            "password",
            "original_password",
            "password_expires_at",
            "options",
            "links");

    private final CurrentRequest request;
    private final Users users;
    private final Accounts accounts;
    private final Links links;

    UsersResource(CurrentRequest request, Users users, Accounts accounts, Links links) {
        this.request = request;
        this.users = users;
        this.accounts = accounts;
        this.links = links;
    }

    @GET
    @Path("users")
    public Map<String, Object> list(
            @QueryParam("name") @Nullable String name,
            @QueryParam("domain_id") @Nullable String domain,
            @QueryParam("enabled") @Nullable String enabled) {
        IdentityAction.LIST_USERS.check(request.token());
        List<User> found = users.list(
                new Users.Filter(Params.text(name), Params.id(domain, DomainId::new), Params.optionalFlag(enabled)));
        return Bodies.list("users", found.stream().map(this::body).toList());
    }

    @POST
    @Path("users")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(@Nullable JsonNode body) {
        IdentityAction.CHANGE_USERS.check(request.token());
        JsonFields fields = JsonFields.of(body).object("user");
        User made = accounts.create(new Accounts.Plan(
                fields.optionalText("domain_id", IdentityLimits.PROJECT_NAME)
                        .map(DomainId::new)
                        .orElseGet(() -> Defaults.domain(request.token())),
                fields.text("name", IdentityLimits.NAME),
                fields.optionalText("description", IdentityLimits.DESCRIPTION).orElse(""),
                fields.optionalText("email", IdentityLimits.NAME).orElse(""),
                fields.optionalFlag("enabled").orElse(true),
                defaultProject(fields),
                extra(fields),
                password(fields, "password")));
        return Response.status(Response.Status.CREATED)
                .entity(Bodies.one("user", body(made)))
                .build();
    }

    @GET
    @Path("users/{id}")
    public Map<String, Object> show(@PathParam("id") String id) {
        UserId user = id(id);
        IdentityAction.SHOW_USER.check(request.token(), user);
        return Bodies.one("user", body(users.required(user)));
    }

    @PATCH
    @Path("users/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Map<String, Object> change(@PathParam("id") String id, @Nullable JsonNode body) {
        IdentityAction.CHANGE_USERS.check(request.token());
        JsonFields fields = JsonFields.of(body).object("user");
        User before = users.required(id(id));
        if (fields.optionalText("domain_id", IdentityLimits.PROJECT_NAME)
                .map(domain -> !domain.equals(before.domain().value()))
                .orElse(false)) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "The domain of a user cannot be changed.");
        }
        User after = accounts.change(
                before.id(),
                new Accounts.Change(
                        fields.has("name") ? Optional.of(fields.text("name", IdentityLimits.NAME)) : Optional.empty(),
                        fields.optionalText("description", IdentityLimits.DESCRIPTION),
                        fields.optionalText("email", IdentityLimits.NAME),
                        fields.optionalFlag("enabled"),
                        defaultProject(fields),
                        extra(fields),
                        password(fields, "password")));
        return Bodies.one("user", body(after));
    }

    @DELETE
    @Path("users/{id}")
    public void remove(@PathParam("id") String id) {
        IdentityAction.CHANGE_USERS.check(request.token());
        accounts.remove(id(id));
    }

    /// A user, or an administrator who knows the password, changes it, and with that ends all the user's tokens.
    @POST
    @Path("users/{id}/password")
    @Consumes(MediaType.APPLICATION_JSON)
    public void changePassword(@PathParam("id") String id, @Nullable JsonNode body) {
        UserId user = id(id);
        JsonFields fields = JsonFields.of(body).object("user").only("password", "original_password");
        String original = password(fields, "original_password")
                .orElseThrow(
                        () -> new StasisException(ErrorCode.INVALID_REQUEST, "user.original_password is required."));
        String wanted = password(fields, "password")
                .orElseThrow(() -> new StasisException(ErrorCode.INVALID_REQUEST, "user.password is required."));
        boolean mayTry =
                request.token().user().id().equals(user) || IdentityAction.CHANGE_USERS.isAllowed(request.token());
        if (!mayTry || !accounts.changePassword(user, original, wanted)) {
            throw new FaultException(Faults.ofHttp(401));
        }
    }

    static UserId id(String text) {
        return PathId.of(text, UserId::new, ErrorCode.OBJECT_NOT_FOUND);
    }

    private static Optional<String> password(JsonFields fields, String name) {
        return fields.optionalText(name, IdentityLimits.PASSWORD);
    }

    /// What the API has no name for is kept as it came, as Keystone does, if it is a text.
    private static Map<String, String> extra(JsonFields fields) {
        Map<String, String> extra = new TreeMap<>();
        for (String name : fields.names()) {
            if (!KNOWN.contains(name) && name.length() <= IdentityLimits.NAME && fields.isText(name)) {
                fields.optionalText(name, IdentityLimits.NAME).ifPresent(value -> extra.put(name, value));
            }
        }
        return extra;
    }

    private static Optional<ProjectId> defaultProject(JsonFields fields) {
        return fields.optionalText("default_project_id", IdentityLimits.PROJECT_NAME)
                .map(ProjectId::new);
    }

    private Map<String, Object> body(User user) {
        return body(user, links);
    }

    static Map<String, Object> body(User user, Links links) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", user.id().value());
        body.put("name", user.name());
        body.put("domain_id", user.domain().value());
        body.put("enabled", user.enabled());
        putUnlessEmpty(body, "description", user.description());
        putUnlessEmpty(body, "email", user.email());
        user.defaultProject().ifPresent(project -> body.put("default_project_id", project.value()));
        body.put("password_expires_at", null);
        body.put("options", Map.of());
        user.extra().forEach(body::putIfAbsent);
        body.put("links", links.self("users/" + user.id()));
        return body;
    }

    private static void putUnlessEmpty(Map<String, Object> body, String name, String value) {
        if (!value.isEmpty()) {
            body.put(name, value);
        }
    }
}
