package cloud.stasis.gateway.http.identity;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.identity.Catalogue;
import cloud.stasis.gateway.identity.IdentityAction;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Services, endpoints and regions, to look at: they follow from the configuration and cannot be changed here.
@Path("identity/v3")
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public class ServicesResource {
    private final CurrentRequest request;
    private final Catalogue catalogue;
    private final Links links;

    ServicesResource(CurrentRequest request, Catalogue catalogue, Links links) {
        this.request = request;
        this.catalogue = catalogue;
        this.links = links;
    }

    @GET
    @Path("services")
    public Map<String, Object> services(
            @QueryParam("name") @Nullable String name, @QueryParam("type") @Nullable String type) {
        return Bodies.list(
                "services",
                services(service -> (name == null || name.equals(service.name()))
                        && (type == null || type.equals(service.type()))));
    }

    @GET
    @Path("services/{id}")
    public Map<String, Object> service(@PathParam("id") String id) {
        return Bodies.one("service", only(services(service -> service.id().equals(id)), "service"));
    }

    @GET
    @Path("endpoints")
    public Map<String, Object> endpoints(
            @QueryParam("service_id") @Nullable String service,
            @QueryParam("interface") @Nullable String access,
            @QueryParam("region_id") @Nullable String region) {
        return Bodies.list(
                "endpoints",
                endpoints().stream()
                        .filter(endpoint -> service == null || service.equals(endpoint.get("service_id")))
                        .filter(endpoint -> access == null || access.equals(endpoint.get("interface")))
                        .filter(endpoint -> region == null || region.equals(endpoint.get("region_id")))
                        .toList());
    }

    @GET
    @Path("endpoints/{id}")
    public Map<String, Object> endpoint(@PathParam("id") String id) {
        List<Map<String, Object>> found = endpoints().stream()
                .filter(endpoint -> id.equals(endpoint.get("id")))
                .toList();
        return Bodies.one("endpoint", only(found, "endpoint"));
    }

    @GET
    @Path("regions")
    public Map<String, Object> regions() {
        return Bodies.list("regions", List.of(region()));
    }

    @GET
    @Path("regions/{id}")
    public Map<String, Object> region(@PathParam("id") String id) {
        return Bodies.one("region", only(id.equals(catalogue.region()) ? List.of(region()) : List.of(), "region"));
    }

    private List<Map<String, Object>> services(Predicate<Catalogue.Service> wanted) {
        IdentityAction.SHOW_SERVICES.check(request.token());
        return catalogue.templates().stream()
                .filter(wanted)
                .map(service -> {
                    Map<String, Object> body = new LinkedHashMap<>();
                    body.put("id", service.id());
                    body.put("type", service.type());
                    body.put("name", service.name());
                    body.put("description", "");
                    body.put("enabled", true);
                    body.put("links", links.self("services/" + service.id()));
                    return body;
                })
                .toList();
    }

    private List<Map<String, Object>> endpoints() {
        IdentityAction.SHOW_SERVICES.check(request.token());
        return catalogue.templates().stream()
                .flatMap(service -> service.endpoints().stream().map(endpoint -> {
                    Map<String, Object> body = new LinkedHashMap<>();
                    body.put("id", endpoint.id());
                    body.put("service_id", service.id());
                    body.put("interface", endpoint.interfaceName());
                    body.put("region", endpoint.region());
                    body.put("region_id", endpoint.region());
                    body.put("url", endpoint.url());
                    body.put("enabled", true);
                    body.put("links", links.self("endpoints/" + endpoint.id()));
                    return body;
                }))
                .toList();
    }

    private Map<String, Object> region() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", catalogue.region());
        body.put("description", "");
        body.put("parent_region_id", null);
        body.put("links", links.self("regions/" + catalogue.region()));
        return body;
    }

    private static Map<String, Object> only(List<Map<String, Object>> found, String what) {
        if (found.isEmpty()) {
            throw new StasisException(ErrorCode.OBJECT_NOT_FOUND, "Could not find " + what + ".");
        }
        return found.getFirst();
    }
}
