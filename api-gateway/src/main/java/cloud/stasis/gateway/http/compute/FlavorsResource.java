package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.Flavor;
import cloud.stasis.gateway.compute.Flavor.Visibility;
import cloud.stasis.gateway.compute.FlavorCatalog;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.Page;
import cloud.stasis.gateway.identity.Caller;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Flavors: list, show; and for administrators create, update, delete.
@Path("compute/v2.1/flavors")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class FlavorsResource {
    static final int MAX_TEXT = 255;
    private static final int MAX_DESCRIPTION = 65535;

    private final CurrentRequest request;
    private final FlavorCatalog flavors;
    private final FlavorBody bodies;
    private final Links links;

    FlavorsResource(CurrentRequest request, FlavorCatalog flavors, FlavorBody bodies, Links links) {
        this.request = request;
        this.flavors = flavors;
        this.bodies = bodies;
        this.links = links;
    }

    @GET
    public Map<String, Object> list(@Context UriInfo uri) {
        return page("flavors", uri, flavor -> bodies.summary(flavor, request.microversion()));
    }

    @GET
    @Path("detail")
    public Map<String, Object> detail(@Context UriInfo uri) {
        return page("flavors/detail", uri, flavor -> bodies.detail(flavor, request.microversion()));
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("id") String id) {
        ComputeAction.READ_FLAVORS.check(request.caller());
        return Map.of("flavor", bodies.detail(flavors.show(request.caller(), id), request.microversion()));
    }

    @POST
    public Map<String, Object> create(@Nullable JsonNode body) {
        ComputeAction.CHANGE_FLAVORS.check(request.caller());
        Flavor flavor = FlavorRequest.of(body, request.microversion());
        flavors.add(flavor);
        return Map.of("flavor", bodies.detail(flavor, request.microversion()));
    }

    @PUT
    @Path("{id}")
    public Map<String, Object> describe(@PathParam("id") String id, @Nullable JsonNode body) {
        if (!request.microversion().atLeast(2, 55)) {
            throw new FaultException(404, "The resource could not be found.");
        }
        ComputeAction.CHANGE_FLAVORS.check(request.caller());
        JsonFields fields = JsonFields.of(body).only("flavor").object("flavor").only("description");
        if (!fields.has("description")) {
            throw new FaultException(400, "'description' is a required property");
        }
        Optional<String> description = fields.optionalText("description", MAX_DESCRIPTION);
        Flavor changed = flavors.change(request.caller(), id, flavor -> flavor.described(description));
        return Map.of("flavor", bodies.detail(changed, request.microversion()));
    }

    @DELETE
    @Path("{id}")
    public Response remove(@PathParam("id") String id) {
        ComputeAction.CHANGE_FLAVORS.check(request.caller());
        flavors.remove(request.caller(), id);
        return Response.accepted().build();
    }

    private Map<String, Object> page(String path, UriInfo uri, Function<Flavor, Map<String, Object>> write) {
        Caller caller = request.caller();
        ComputeAction.READ_FLAVORS.check(caller);
        MultivaluedMap<String, String> given = uri.getQueryParameters();
        Page page = Page.of(given.getFirst("limit"), given.getFirst("marker"), Page.MAXIMUM, Page.MAXIMUM);
        List<Flavor> matching = flavors.list(caller, wantsPrivate(given)).stream()
                .filter(flavor ->
                        flavor.diskGib() >= least(given, "minDisk") && flavor.memoryMib() >= least(given, "minRam"))
                .toList();
        List<Flavor> after = matching.subList(start(matching, page), matching.size());
        List<Flavor> shown = after.subList(0, Math.min(page.limit(), after.size()));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("flavors", shown.stream().map(write).toList());
        if (!shown.isEmpty() && shown.size() < after.size()) {
            body.put("flavors_links", links.next(path, given, shown.getLast().id()));
        }
        return body;
    }

    private static int start(List<Flavor> flavors, Page page) {
        if (page.marker().isEmpty()) {
            return 0;
        }
        for (int at = 0; at < flavors.size(); at++) {
            if (flavors.get(at).id().equals(page.marker().get())) {
                return at + 1;
            }
        }
        throw new FaultException(
                400, "marker [" + Faults.shortened(page.marker().get()) + "] not found");
    }

    private static int least(MultivaluedMap<String, String> given, String name) {
        String text = given.getFirst(name);
        if (text == null || text.isEmpty()) {
            return 0;
        }
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new FaultException(400, "Invalid " + name + " filter [" + Faults.shortened(text) + "]");
        }
    }

    /// Empty for flavors of any visibility. Only administrators have the choice.
    private Optional<Visibility> wantsPrivate(MultivaluedMap<String, String> given) {
        String asked = given.getFirst("is_public");
        if (!request.caller().isAdmin() || asked == null) {
            return Optional.of(Visibility.PUBLIC);
        }
        return switch (asked.toLowerCase(Locale.ROOT)) {
            case "none" -> Optional.empty();
            case "", "true", "t", "1", "yes", "y", "on" -> Optional.of(Visibility.PUBLIC);
            case "false", "f", "0", "no", "n", "off" -> Optional.of(Visibility.PRIVATE);
            default -> throw new FaultException(400, "Invalid is_public filter [" + Faults.shortened(asked) + "]");
        };
    }
}
