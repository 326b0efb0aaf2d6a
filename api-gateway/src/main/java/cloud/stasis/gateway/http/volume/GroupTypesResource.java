package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.Page;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.GroupType;
import cloud.stasis.gateway.volume.VolumeType.Visibility;
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
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Types of groups, from version 3.11 on: list and show; for administrators create, update, delete, and their
/// specs.
@Path("volume/v3/{project}/group_types")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class GroupTypesResource {
    private static final int MAX_TEXT = Metadata.MAX_TEXT;

    private final VolumeDoor door;
    private final GroupTypes types;
    private final Clock clock;

    GroupTypesResource(VolumeDoor door, GroupTypes types, Clock clock) {
        this.door = door;
        this.types = types;
        this.clock = clock;
    }

    @GET
    public Map<String, Object> list(
            @PathParam("project") String project,
            @QueryParam("is_public") @Nullable String isPublic,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("sort") @Nullable String sort,
            @QueryParam("marker") @Nullable String marker) {
        Caller caller = enter(project, VolumeAction.READ_TYPES);
        Comparator<GroupType> order = sort != null && sort.startsWith("name")
                ? Comparator.comparing(GroupType::name)
                : sort != null && sort.startsWith("id")
                        ? Comparator.comparing(type -> type.key().toString())
                        : Comparator.comparing(GroupType::createdAt);
        Stream<GroupType> found = types.list(caller).stream()
                .filter(type -> VolumeTypesResource.asked(isPublic, type.visibility()))
                .sorted(sort != null && sort.endsWith("asc") ? order : order.reversed());
        if (marker != null && !marker.isEmpty()) {
            types.show(caller, BackupsResource.id(marker));
            found = found.dropWhile(type -> !type.key().toString().equals(marker))
                    .skip(1);
        }
        int most = Page.of(limit, null, MAX_TEXT, MAX_TEXT).limit();
        return Map.of(
                "group_types", found.limit(most).map(type -> body(type, caller)).toList());
    }

    @POST
    public Response create(@PathParam("project") String project, @Nullable JsonNode body) {
        Caller caller = enter(project, VolumeAction.CHANGE_TYPES);
        JsonFields fields = JsonFields.of(body).only("group_type").object("group_type");
        fields.only("name", "description", "is_public", "group_specs");
        GroupType type = new GroupType(
                UUID.randomUUID(),
                caller.project(),
                fields.text("name", MAX_TEXT).strip(),
                fields.optionalText("description", MAX_TEXT),
                visibility(fields.optionalLooseFlag("is_public").orElse(true)),
                fields.optionalTextMap("group_specs", MAX_TEXT, MAX_TEXT).orElse(Map.of()),
                clock.instant());
        types.add(type);
        return Response.accepted(Map.of("group_type", body(type, caller))).build();
    }

    /// No type is the standard one.
    @GET
    @Path("default")
    public Map<String, Object> standard(@PathParam("project") String project) {
        enter(project, VolumeAction.READ_TYPES);
        throw new FaultException(404, "Default group type can not be found.");
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("project") String project, @PathParam("id") String id) {
        Caller caller = enter(project, VolumeAction.READ_TYPES);
        return Map.of("group_type", body(types.show(caller, BackupsResource.id(id)), caller));
    }

    @PUT
    @Path("{id}")
    public Map<String, Object> update(
            @PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        Caller caller = enter(project, VolumeAction.CHANGE_TYPES);
        JsonFields fields = JsonFields.of(body).only("group_type").object("group_type");
        fields.only("name", "description", "is_public");
        GroupType changed = types.change(
                BackupsResource.id(id),
                type -> type.described(
                        fields.optionalText("name", MAX_TEXT).orElse(type.name()),
                        fields.has("description") ? fields.optionalText("description", MAX_TEXT) : type.description(),
                        fields.optionalLooseFlag("is_public")
                                .map(GroupTypesResource::visibility)
                                .orElse(type.visibility())));
        return Map.of("group_type", body(changed, caller));
    }

    @DELETE
    @Path("{id}")
    public Response remove(@PathParam("project") String project, @PathParam("id") String id) {
        enter(project, VolumeAction.CHANGE_TYPES);
        types.remove(BackupsResource.id(id));
        return Response.accepted().build();
    }

    @GET
    @Path("{id}/group_specs")
    public Map<String, Object> specs(@PathParam("project") String project, @PathParam("id") String id) {
        return Map.of("group_specs", specsOf(project, id));
    }

    @POST
    @Path("{id}/group_specs")
    public Response addSpecs(
            @PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        enter(project, VolumeAction.CHANGE_TYPES);
        Map<String, String> added = Metadata.of(body, "group_specs");
        types.change(BackupsResource.id(id), type -> type.specified(Metadata.merged(type.specs(), added)));
        return Response.accepted(Map.of("group_specs", added)).build();
    }

    @GET
    @Path("{id}/group_specs/{key}")
    public Map<String, String> spec(
            @PathParam("project") String project, @PathParam("id") String id, @PathParam("key") String key) {
        return Metadata.item(specsOf(project, id), key);
    }

    @PUT
    @Path("{id}/group_specs/{key}")
    public Map<String, String> setSpec(
            @PathParam("project") String project,
            @PathParam("id") String id,
            @PathParam("key") String key,
            @Nullable JsonNode body) {
        enter(project, VolumeAction.CHANGE_TYPES);
        String value = JsonFields.of(body).only(key).text(key, MAX_TEXT);
        types.change(BackupsResource.id(id), type -> type.specified(Metadata.merged(type.specs(), Map.of(key, value))));
        return Map.of(key, value);
    }

    @DELETE
    @Path("{id}/group_specs/{key}")
    public Response removeSpec(
            @PathParam("project") String project, @PathParam("id") String id, @PathParam("key") String key) {
        enter(project, VolumeAction.CHANGE_TYPES);
        types.change(BackupsResource.id(id), type -> type.specified(Metadata.without(type.specs(), key)));
        return Response.accepted().build();
    }

    private Map<String, String> specsOf(String project, String id) {
        return new TreeMap<>(types.show(enter(project, VolumeAction.CHANGE_TYPES), BackupsResource.id(id))
                .specs());
    }

    private Caller enter(String project, VolumeAction action) {
        Caller caller = door.enter(project, action);
        door.requireVersion(3, 11);
        return caller;
    }

    private static Visibility visibility(boolean isPublic) {
        return isPublic ? Visibility.PUBLIC : Visibility.PRIVATE;
    }

    private static Map<String, Object> body(GroupType type, Caller caller) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", type.key().toString());
        body.put("name", type.name());
        body.put("description", type.description().orElse(null));
        body.put("is_public", type.visibility() == Visibility.PUBLIC);
        if (caller.isAdmin()) {
            body.put("group_specs", new TreeMap<>(type.specs()));
        }
        return body;
    }
}
