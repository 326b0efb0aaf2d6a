package cloud.stasis.gateway.http.identity;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.identity.ApplicationCredential;
import cloud.stasis.gateway.identity.ApplicationCredentials;
import cloud.stasis.gateway.identity.CredentialId;
import cloud.stasis.gateway.identity.CredentialIssuer;
import cloud.stasis.gateway.identity.CredentialIssuer.RoleRef;
import cloud.stasis.gateway.identity.IdentityAction;
import cloud.stasis.gateway.identity.IdentityLimits;
import cloud.stasis.gateway.identity.Role;
import cloud.stasis.gateway.identity.RoleId;
import cloud.stasis.gateway.identity.Roles;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.UserId;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Not in a transaction as a whole: a secret is hashed before the database is asked for anything.
@Path("identity/v3")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class ApplicationCredentialsResource {
    private static final int MAX_ROLES = 100;

    private final CurrentRequest request;
    private final ApplicationCredentials credentials;
    private final CredentialIssuer issuer;
    private final Roles roles;
    private final Links links;

    ApplicationCredentialsResource(
            CurrentRequest request,
            ApplicationCredentials credentials,
            CredentialIssuer issuer,
            Roles roles,
            Links links) {
        this.request = request;
        this.credentials = credentials;
        this.issuer = issuer;
        this.roles = roles;
        this.links = links;
    }

    @POST
    @Path("users/{user}/application_credentials")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(@PathParam("user") String user, @Nullable JsonNode body) {
        IdentityAction.CREATE_APPLICATION_CREDENTIAL.check(request.token(), UsersResource.id(user));
        JsonFields fields = JsonFields.of(body)
                .object("application_credential")
                .only("name", "description", "secret", "expires_at", "roles", "unrestricted", "project_id");
        CredentialIssuer.Made made = issuer.issue(
                request.token(),
                new CredentialIssuer.Plan(
                        fields.text("name", IdentityLimits.NAME),
                        fields.optionalText("description", IdentityLimits.DESCRIPTION)
                                .orElse(""),
                        fields.optionalText("secret", IdentityLimits.PASSWORD),
                        fields.optionalText("expires_at", IdentityLimits.NAME)
                                .map(ApplicationCredentialsResource::time),
                        fields.objects("roles", MAX_ROLES).stream()
                                .map(ApplicationCredentialsResource::roleRef)
                                .toList(),
                        fields.optionalFlag("unrestricted").orElse(false)));
        Map<String, Object> shown = body(made.credential());
        shown.put("secret", made.secret());
        return Response.status(Response.Status.CREATED)
                .entity(Bodies.one("application_credential", shown))
                .build();
    }

    @GET
    @Path("users/{user}/application_credentials")
    public Map<String, Object> list(@PathParam("user") String user, @QueryParam("name") @Nullable String name) {
        UserId owner = UsersResource.id(user);
        IdentityAction.SHOW_APPLICATION_CREDENTIALS.check(request.token(), owner);
        List<Map<String, Object>> found = credentials.list(owner, Params.text(name)).stream()
                .map(this::body)
                .toList();
        return Bodies.list("application_credentials", found);
    }

    @GET
    @Path("users/{user}/application_credentials/{id}")
    public Map<String, Object> show(@PathParam("user") String user, @PathParam("id") String id) {
        UserId owner = UsersResource.id(user);
        IdentityAction.SHOW_APPLICATION_CREDENTIALS.check(request.token(), owner);
        return Bodies.one("application_credential", body(required(owner, id)));
    }

    @DELETE
    @Path("users/{user}/application_credentials/{id}")
    public void remove(@PathParam("user") String user, @PathParam("id") String id) {
        UserId owner = UsersResource.id(user);
        IdentityAction.DELETE_APPLICATION_CREDENTIAL.check(request.token(), owner);
        CredentialIssuer.checkUnrestricted(request.token());
        credentials.remove(required(owner, id).id());
    }

    private ApplicationCredential required(UserId owner, String id) {
        return credentials
                .find(PathId.of(id, CredentialId::new, ErrorCode.OBJECT_NOT_FOUND))
                .filter(found -> found.user().equals(owner))
                .orElseThrow(() -> new StasisException(
                        ErrorCode.OBJECT_NOT_FOUND, "Could not find application credential: " + id + "."));
    }

    private static RoleRef roleRef(JsonFields role) {
        return role.has("id")
                ? new RoleRef.ById(new RoleId(role.text("id", IdentityLimits.PROJECT_NAME)))
                : new RoleRef.ByName(role.text("name", IdentityLimits.NAME));
    }

    /// Clients leave the zone out, and mean UTC.
    private static Instant time(String text) {
        try {
            return text.endsWith("Z")
                    ? Instant.parse(text)
                    : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        } catch (DateTimeParseException e) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "expires_at must be a time such as 2030-01-31T12:00:00Z.", e);
        }
    }

    private Map<String, Object> body(ApplicationCredential credential) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", credential.id().value());
        body.put("name", credential.name());
        body.put("description", credential.description().isEmpty() ? null : credential.description());
        body.put("user_id", credential.user().value());
        body.put("project_id", credential.project().value());
        body.put("system", null);
        body.put(
                "expires_at",
                credential.expiresAt().map(ApplicationCredentialsResource::text).orElse(null));
        body.put("unrestricted", credential.unrestricted());
        body.put(
                "roles",
                credential.roles().stream()
                        .flatMap(role -> roles.find(role).stream())
                        .map(ApplicationCredentialsResource::role)
                        .toList());
        body.put("links", links.self("users/" + credential.user() + "/application_credentials/" + credential.id()));
        return body;
    }

    /// Without the zone, as Keystone does it here and only here.
    private static String text(Instant end) {
        String zoned = Times.text(end);
        return zoned.substring(0, zoned.length() - 1);
    }

    private static Map<String, Object> role(Role role) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", role.id().value());
        body.put("name", role.name());
        body.put("domain_id", null);
        return body;
    }
}
