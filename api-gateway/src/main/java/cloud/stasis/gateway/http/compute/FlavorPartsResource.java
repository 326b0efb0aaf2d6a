package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.FlavorCatalog;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
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
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Extra specs of flavors, and which projects may use a private one.
@Path("compute/v2.1/flavors/{id}")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class FlavorPartsResource {
    private static final Pattern KEY = Pattern.compile("[a-zA-Z0-9-_:. ]{1,255}");

    private final CurrentRequest request;
    private final FlavorCatalog flavors;

    FlavorPartsResource(CurrentRequest request, FlavorCatalog flavors) {
        this.request = request;
        this.flavors = flavors;
    }

    @GET
    @Path("os-extra_specs")
    public Map<String, Object> specs(@PathParam("id") String id) {
        return Map.of(
                "extra_specs", new TreeMap<>(flavors.show(request.caller(), id).extraSpecs()));
    }

    @GET
    @Path("os-extra_specs/{key}")
    public Map<String, String> spec(@PathParam("id") String id, @PathParam("key") String key) {
        String value = flavors.show(request.caller(), id).extraSpecs().get(key);
        if (value == null) {
            throw noSpec(id, key);
        }
        return Map.of(key, value);
    }

    @POST
    @Path("os-extra_specs")
    public Map<String, Object> addSpecs(@PathParam("id") String id, @Nullable JsonNode body) {
        Map<String, String> added = checked(JsonFields.of(body)
                .only("extra_specs")
                .optionalTextMap("extra_specs", FlavorsResource.MAX_TEXT, FlavorsResource.MAX_TEXT)
                .orElseThrow(() -> new FaultException(400, "'extra_specs' is a required property")));
        put(id, added);
        return Map.of("extra_specs", added);
    }

    @PUT
    @Path("os-extra_specs/{key}")
    public Map<String, String> setSpec(
            @PathParam("id") String id, @PathParam("key") String key, @Nullable JsonNode body) {
        String value = JsonFields.of(body).only(key).text(key, FlavorsResource.MAX_TEXT);
        put(id, checked(Map.of(key, value)));
        return Map.of(key, value);
    }

    @DELETE
    @Path("os-extra_specs/{key}")
    public Response removeSpec(@PathParam("id") String id, @PathParam("key") String key) {
        ComputeAction.CHANGE_FLAVORS.check(request.caller());
        flavors.change(request.caller(), id, flavor -> {
            if (!flavor.extraSpecs().containsKey(key)) {
                throw noSpec(id, key);
            }
            Map<String, String> rest = new HashMap<>(flavor.extraSpecs());
            rest.remove(key);
            return flavor.specified(rest);
        });
        return Response.ok().build();
    }

    @GET
    @Path("os-flavor-access")
    public Map<String, Object> access(@PathParam("id") String id) {
        ComputeAction.READ_FLAVOR_ACCESS.check(request.caller());
        return accessBody(id, flavors.access(request.caller(), id));
    }

    @POST
    @Path("action")
    public Map<String, Object> changeAccess(@PathParam("id") String id, @Nullable JsonNode body) {
        ComputeAction.CHANGE_FLAVORS.check(request.caller());
        JsonFields fields = JsonFields.of(body).only("addTenantAccess", "removeTenantAccess");
        Set<ProjectId> after = fields.has("addTenantAccess")
                ? flavors.give(request.caller(), id, project(fields.object("addTenantAccess")))
                : flavors.take(request.caller(), id, project(fields.object("removeTenantAccess")));
        return accessBody(id, after);
    }

    private void put(String id, Map<String, String> added) {
        ComputeAction.CHANGE_FLAVORS.check(request.caller());
        flavors.change(request.caller(), id, flavor -> {
            Map<String, String> merged = new HashMap<>(flavor.extraSpecs());
            merged.putAll(added);
            return flavor.specified(merged);
        });
    }

    private static Map<String, String> checked(Map<String, String> specs) {
        for (String key : specs.keySet()) {
            if (!KEY.matcher(key).matches()) {
                throw new FaultException(400, "Invalid extra spec key: " + Faults.shortened(key));
            }
        }
        return specs;
    }

    private static ProjectId project(JsonFields access) {
        try {
            return new ProjectId(access.only("tenant").text("tenant", FlavorsResource.MAX_TEXT));
        } catch (StasisException e) {
            throw new FaultException(400, "Invalid input for field/attribute tenant.");
        }
    }

    private static Map<String, Object> accessBody(String id, Set<ProjectId> projects) {
        List<Map<String, String>> entries = projects.stream()
                .map(ProjectId::value)
                .sorted()
                .map(project -> Map.of("flavor_id", id, "tenant_id", project))
                .toList();
        return Map.of("flavor_access", entries);
    }

    private static FaultException noSpec(String id, String key) {
        return new FaultException(
                404, "Flavor " + Faults.shortened(id) + " has no extra specs with key " + Faults.shortened(key) + ".");
    }
}
