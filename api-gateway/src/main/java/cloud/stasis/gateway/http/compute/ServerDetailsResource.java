package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.Profile;
import cloud.stasis.gateway.compute.Servers;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
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
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What tenants write on their servers: metadata and tags.
@Path("compute/v2.1/servers/{id}")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class ServerDetailsResource {
    private static final int MAX_TEXT = 255;

    private final CurrentRequest request;
    private final Servers servers;
    private final Links links;

    ServerDetailsResource(CurrentRequest request, Servers servers, Links links) {
        this.links = links;
        this.request = request;
        this.servers = servers;
    }

    @GET
    @Path("metadata")
    public Map<String, Object> metadata(@PathParam("id") String id) {
        return Map.of("metadata", new TreeMap<>(shown(id).profile().metadata()));
    }

    @GET
    @Path("metadata/{key}")
    public Map<String, Object> metadata(@PathParam("id") String id, @PathParam("key") String key) {
        String value = shown(id).profile().metadata().get(key);
        if (value == null) {
            throw noSuch("Metadata item", key);
        }
        return Map.of("meta", Map.of(key, value));
    }

    /// Adds to what is there.
    @POST
    @Path("metadata")
    public Map<String, Object> addMetadata(@PathParam("id") String id, @Nullable JsonNode body) {
        Map<String, String> added = map(body, "metadata");
        return changed(id, before -> {
            Map<String, String> merged = new HashMap<>(before);
            merged.putAll(added);
            return merged;
        });
    }

    /// Replaces what is there.
    @PUT
    @Path("metadata")
    public Map<String, Object> setMetadata(@PathParam("id") String id, @Nullable JsonNode body) {
        Map<String, String> next = map(body, "metadata");
        return changed(id, before -> next);
    }

    @PUT
    @Path("metadata/{key}")
    public Map<String, Object> setMetadata(
            @PathParam("id") String id, @PathParam("key") String key, @Nullable JsonNode body) {
        Map<String, String> item = map(body, "meta");
        String value = item.get(key);
        if (item.size() != 1 || value == null) {
            throw new FaultException(400, "Request body and URI mismatch");
        }
        changed(id, before -> {
            Map<String, String> merged = new HashMap<>(before);
            merged.put(key, value);
            return merged;
        });
        return Map.of("meta", item);
    }

    @DELETE
    @Path("metadata/{key}")
    public void removeMetadata(@PathParam("id") String id, @PathParam("key") String key) {
        metadata(id, key);
        changed(id, before -> {
            Map<String, String> rest = new HashMap<>(before);
            rest.remove(key);
            return rest;
        });
    }

    @GET
    @Path("tags")
    public Map<String, Object> tags(@PathParam("id") String id) {
        requireTags();
        return Map.of("tags", shown(id).profile().sortedTags());
    }

    @PUT
    @Path("tags")
    public Map<String, Object> setTags(@PathParam("id") String id, @Nullable JsonNode body) {
        requireTags();
        JsonFields fields = JsonFields.of(body).only("tags");
        Set<String> tags = ServerRequest.tags(fields.texts("tags", Profile.MAX_TAGS, Profile.MAX_TAG_LENGTH));
        return Map.of("tags", tagged(id, before -> tags).sortedTags());
    }

    @DELETE
    @Path("tags")
    public void removeTags(@PathParam("id") String id) {
        requireTags();
        tagged(id, before -> Set.of());
    }

    @GET
    @Path("tags/{tag}")
    public void hasTag(@PathParam("id") String id, @PathParam("tag") String tag) {
        requireTags();
        if (!shown(id).profile().tags().contains(tag)) {
            throw noSuch("Tag", tag);
        }
    }

    @PUT
    @Path("tags/{tag}")
    @Consumes(MediaType.WILDCARD)
    public Response addTag(@PathParam("id") String id, @PathParam("tag") String tag) {
        requireTags();
        ServerRequest.tags(List.of(tag));
        boolean isThere = shown(id).profile().tags().contains(tag);
        tagged(id, before -> {
            Set<String> more = new HashSet<>(before);
            more.add(tag);
            return more;
        });
        return Response.status(isThere ? Response.Status.NO_CONTENT : Response.Status.CREATED)
                .header("Location", links.server(id) + "/tags/" + URLEncoder.encode(tag, StandardCharsets.UTF_8))
                .build();
    }

    @DELETE
    @Path("tags/{tag}")
    public void removeTag(@PathParam("id") String id, @PathParam("tag") String tag) {
        hasTag(id, tag);
        tagged(id, before -> {
            Set<String> rest = new HashSet<>(before);
            rest.remove(tag);
            return rest;
        });
    }

    private Instance shown(String id) {
        ComputeAction.READ_SERVERS.check(request.caller());
        return servers.show(request.caller(), ServersResource.id(id));
    }

    private Map<String, Object> changed(String id, UnaryOperator<Map<String, String>> change) {
        ComputeAction.CHANGE_SERVERS.check(request.caller());
        Instance changed = servers.describe(
                request.caller(), ServersResource.id(id), profile -> profile.with(change.apply(profile.metadata())));
        return Map.of("metadata", new TreeMap<>(changed.profile().metadata()));
    }

    private Profile tagged(String id, UnaryOperator<Set<String>> change) {
        ComputeAction.CHANGE_SERVERS.check(request.caller());
        return servers.describe(
                        request.caller(),
                        ServersResource.id(id),
                        profile -> profile.tagged(change.apply(profile.tags())))
                .profile();
    }

    private static Map<String, String> map(@Nullable JsonNode body, String name) {
        return JsonFields.of(body)
                .only(name)
                .optionalTextMap(name, MAX_TEXT, MAX_TEXT)
                .orElseThrow(() -> new FaultException(400, "'" + name + "' is a required property"));
    }

    private void requireTags() {
        if (!request.microversion().atLeast(2, 26)) {
            throw new FaultException(404, "The resource could not be found.");
        }
    }

    private static FaultException noSuch(String what, String name) {
        return new FaultException(404, what + " " + Faults.shortened(name) + " was not found.");
    }
}
