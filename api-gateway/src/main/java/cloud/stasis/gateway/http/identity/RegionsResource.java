package cloud.stasis.gateway.http.identity;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.identity.CatalogueEntries;
import cloud.stasis.gateway.identity.IdentityAction;
import cloud.stasis.gateway.identity.IdentityLimits;
import cloud.stasis.gateway.identity.Registry.Region;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
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
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Regions of the catalogue.
@Path("identity/v3/regions")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Transactional
public class RegionsResource {
    private final CurrentRequest request;
    private final CatalogueEntries catalogue;
    private final Links links;

    RegionsResource(CurrentRequest request, CatalogueEntries catalogue, Links links) {
        this.request = request;
        this.catalogue = catalogue;
        this.links = links;
    }

    @GET
    public Map<String, Object> list(@QueryParam("parent_region_id") @Nullable String parent) {
        return Bodies.list(
                "regions",
                catalogue.regions().stream()
                        .filter(region -> parent == null || region.parent().equals(Optional.of(parent)))
                        .map(this::body)
                        .toList());
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(@Nullable JsonNode body) {
        JsonFields fields = JsonFields.of(body).object("region");
        return create(
                fields.optionalText("id", IdentityLimits.NAME)
                        .filter(id -> !id.isEmpty())
                        .orElseGet(() -> UUID.randomUUID().toString().replace("-", "")),
                fields);
    }

    @PUT
    @Path("{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response createWithId(@PathParam("id") String id, @Nullable JsonNode body) {
        JsonFields fields = JsonFields.of(body).object("region");
        if (!fields.optionalText("id", IdentityLimits.NAME).orElse(id).equals(id)) {
            throw new FaultException(400, "The region ids in the path and in the body differ.");
        }
        return create(id, fields);
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("id") String id) {
        return Bodies.one("region", body(catalogue.region(id)));
    }

    @PATCH
    @Path("{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Map<String, Object> change(@PathParam("id") String id, @Nullable JsonNode body) {
        IdentityAction.CHANGE_SERVICES.check(request.token());
        JsonFields fields = JsonFields.of(body).object("region");
        Region before = catalogue.region(id);
        Region after = new Region(
                id,
                fields.optionalText("description", IdentityLimits.DESCRIPTION).orElse(before.description()),
                fields.has("parent_region_id") ? parent(fields) : before.parent());
        catalogue.change(after);
        return Bodies.one("region", body(after));
    }

    @DELETE
    @Path("{id}")
    public void remove(@PathParam("id") String id) {
        IdentityAction.CHANGE_SERVICES.check(request.token());
        catalogue.removeRegion(id);
    }

    /// The id of a region that there is now.
    String made(String id) {
        if (catalogue.regions().stream().noneMatch(region -> region.id().equals(id))) {
            catalogue.add(new Region(checked(id), "", Optional.empty()));
        }
        return id;
    }

    private Response create(String id, JsonFields fields) {
        IdentityAction.CHANGE_SERVICES.check(request.token());
        Region made = new Region(
                checked(id),
                fields.optionalText("description", IdentityLimits.DESCRIPTION).orElse(""),
                parent(fields));
        catalogue.add(made);
        return Response.status(Response.Status.CREATED)
                .entity(Bodies.one("region", body(made)))
                .build();
    }

    private static Optional<String> parent(JsonFields fields) {
        return fields.optionalText("parent_region_id", IdentityLimits.NAME);
    }

    /// It is part of URLs.
    private static String checked(String id) {
        if (!id.matches("[A-Za-z0-9][A-Za-z0-9 ._-]{0,254}")) {
            throw new FaultException(400, "A region id has letters, digits, '.', '_', '-' and blanks, at most 255.");
        }
        return id;
    }

    private Map<String, Object> body(Region region) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", region.id());
        body.put("description", region.description());
        body.put("parent_region_id", region.parent().orElse(null));
        body.put("links", links.self("regions/" + region.id()));
        return body;
    }
}
