package cloud.stasis.gateway.http.identity;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.identity.CatalogueEntries;
import cloud.stasis.gateway.identity.IdentityAction;
import cloud.stasis.gateway.identity.IdentityLimits;
import cloud.stasis.gateway.identity.Registry.Endpoint;
import cloud.stasis.gateway.identity.Registry.Service;
import cloud.stasis.gateway.identity.Registry.Standing;
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
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Services and endpoints. Regions: [RegionsResource].
@Path("identity/v3")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Transactional
public class ServicesResource {
    private final CurrentRequest request;
    private final CatalogueEntries catalogue;
    private final RegionsResource regions;
    private final Links links;

    ServicesResource(CurrentRequest request, CatalogueEntries catalogue, RegionsResource regions, Links links) {
        this.request = request;
        this.catalogue = catalogue;
        this.regions = regions;
        this.links = links;
    }

    @GET
    @Path("services")
    public Map<String, Object> services(
            @QueryParam("name") @Nullable String name, @QueryParam("type") @Nullable String type) {
        IdentityAction.SHOW_SERVICES.check(request.token());
        return Bodies.list(
                "services",
                catalogue.services().stream()
                        .filter(service -> name == null || name.equals(service.name()))
                        .filter(service -> type == null || type.equals(service.type()))
                        .map(this::body)
                        .toList());
    }

    @POST
    @Path("services")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response createService(@Nullable JsonNode body) {
        IdentityAction.CHANGE_SERVICES.check(request.token());
        JsonFields fields = JsonFields.of(body).object("service");
        Service made = new Service(
                id(),
                fields.text("type", IdentityLimits.NAME),
                fields.optionalText("name", IdentityLimits.NAME).orElse(""),
                fields.optionalText("description", IdentityLimits.DESCRIPTION).orElse(""),
                Standing.of(fields.optionalFlag("enabled").orElse(true)));
        catalogue.add(made);
        return created("service", body(made));
    }

    @GET
    @Path("services/{id}")
    public Map<String, Object> service(@PathParam("id") String id) {
        IdentityAction.SHOW_SERVICES.check(request.token());
        return Bodies.one("service", body(catalogue.service(id)));
    }

    @PATCH
    @Path("services/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Map<String, Object> changeService(@PathParam("id") String id, @Nullable JsonNode body) {
        IdentityAction.CHANGE_SERVICES.check(request.token());
        JsonFields fields = JsonFields.of(body).object("service");
        Service before = catalogue.service(id);
        Service after = new Service(
                before.id(),
                fields.optionalText("type", IdentityLimits.NAME).orElse(before.type()),
                fields.optionalText("name", IdentityLimits.NAME).orElse(before.name()),
                fields.optionalText("description", IdentityLimits.DESCRIPTION).orElse(before.description()),
                fields.optionalFlag("enabled").map(Standing::of).orElse(before.standing()));
        catalogue.change(after);
        return Bodies.one("service", body(after));
    }

    @DELETE
    @Path("services/{id}")
    public void removeService(@PathParam("id") String id) {
        IdentityAction.CHANGE_SERVICES.check(request.token());
        catalogue.removeService(id);
    }

    @GET
    @Path("endpoints")
    public Map<String, Object> endpoints(
            @QueryParam("service_id") @Nullable String service,
            @QueryParam("interface") @Nullable String access,
            @QueryParam("region_id") @Nullable String region) {
        IdentityAction.SHOW_SERVICES.check(request.token());
        return Bodies.list(
                "endpoints",
                catalogue.endpoints().stream()
                        .filter(endpoint -> service == null || service.equals(endpoint.serviceId()))
                        .filter(endpoint -> access == null || access.equals(endpoint.interfaceName()))
                        .filter(endpoint -> region == null || endpoint.region().equals(Optional.of(region)))
                        .map(this::body)
                        .toList());
    }

    @POST
    @Path("endpoints")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response createEndpoint(@Nullable JsonNode body) {
        IdentityAction.CHANGE_SERVICES.check(request.token());
        JsonFields fields = JsonFields.of(body).object("endpoint");
        Endpoint made = new Endpoint(
                id(),
                fields.text("service_id", IdentityLimits.NAME),
                fields.text("interface", IdentityLimits.NAME),
                region(fields),
                url(fields.text("url", IdentityLimits.URL)),
                Standing.of(fields.optionalFlag("enabled").orElse(true)));
        catalogue.add(made);
        return created("endpoint", body(made));
    }

    @GET
    @Path("endpoints/{id}")
    public Map<String, Object> endpoint(@PathParam("id") String id) {
        IdentityAction.SHOW_SERVICES.check(request.token());
        return Bodies.one("endpoint", body(catalogue.endpoint(id)));
    }

    @PATCH
    @Path("endpoints/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Map<String, Object> changeEndpoint(@PathParam("id") String id, @Nullable JsonNode body) {
        IdentityAction.CHANGE_SERVICES.check(request.token());
        JsonFields fields = JsonFields.of(body).object("endpoint");
        Endpoint before = catalogue.endpoint(id);
        Endpoint after = new Endpoint(
                before.id(),
                fields.optionalText("service_id", IdentityLimits.NAME).orElse(before.serviceId()),
                fields.optionalText("interface", IdentityLimits.NAME).orElse(before.interfaceName()),
                fields.has("region") || fields.has("region_id") ? region(fields) : before.region(),
                fields.optionalText("url", IdentityLimits.URL)
                        .map(ServicesResource::url)
                        .orElse(before.url()),
                fields.optionalFlag("enabled").map(Standing::of).orElse(before.standing()));
        catalogue.change(after);
        return Bodies.one("endpoint", body(after));
    }

    @DELETE
    @Path("endpoints/{id}")
    public void removeEndpoint(@PathParam("id") String id) {
        IdentityAction.CHANGE_SERVICES.check(request.token());
        catalogue.removeEndpoint(id);
    }

    /// The old field `region` makes the region that it names; `region_id` names one that there is.
    private Optional<String> region(JsonFields fields) {
        Optional<String> known = fields.optionalText("region_id", IdentityLimits.NAME);
        return known.isPresent()
                ? known
                : fields.optionalText("region", IdentityLimits.NAME).map(regions::made);
    }

    private static String url(String text) {
        if (!text.matches("https?://[!-~]+")) {
            throw new FaultException(400, "url must be a URL of http or https.");
        }
        return text;
    }

    private static String id() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    private static Response created(String name, Map<String, Object> body) {
        return Response.status(Response.Status.CREATED)
                .entity(Bodies.one(name, body))
                .build();
    }

    private Map<String, Object> body(Service service) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", service.id());
        body.put("type", service.type());
        body.put("name", service.name());
        body.put("description", service.description());
        body.put("enabled", service.standing() == Standing.ENABLED);
        body.put("links", links.self("services/" + service.id()));
        return body;
    }

    private Map<String, Object> body(Endpoint endpoint) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", endpoint.id());
        body.put("service_id", endpoint.serviceId());
        body.put("interface", endpoint.interfaceName());
        body.put("region", endpoint.region().orElse(null));
        body.put("region_id", endpoint.region().orElse(null));
        body.put("url", endpoint.url());
        body.put("enabled", endpoint.standing() == Standing.ENABLED);
        body.put("links", links.self("endpoints/" + endpoint.id()));
        return body;
    }
}
