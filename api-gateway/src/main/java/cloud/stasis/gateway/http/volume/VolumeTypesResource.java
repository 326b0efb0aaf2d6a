package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.VolumeType;
import cloud.stasis.gateway.volume.VolumeType.Visibility;
import cloud.stasis.gateway.volume.VolumeTypeCatalog;
import cloud.stasis.gateway.volume.VolumeTypeId;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Types of volumes: list and show; for administrators create, update, delete, extra specs, access.
@Path("volume/v3/{project}/types")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class VolumeTypesResource {
    private static final String IS_PUBLIC = "os-volume-type-access:is_public";
    private static final int MAX_TEXT = Metadata.MAX_TEXT;

    private final VolumeDoor door;
    private final VolumeTypeCatalog types;

    VolumeTypesResource(VolumeDoor door, VolumeTypeCatalog types) {
        this.door = door;
        this.types = types;
    }

    @GET
    public Map<String, Object> list(
            @PathParam("project") String project, @QueryParam("is_public") @Nullable String isPublic) {
        Caller caller = door.enter(project, VolumeAction.READ_TYPES);
        return Map.of(
                "volume_types",
                types.list(caller).stream()
                        .filter(type -> asked(isPublic, type.visibility()))
                        .map(type -> body(type, caller))
                        .toList());
    }

    @POST
    public Map<String, Object> create(@PathParam("project") String project, @Nullable JsonNode body) {
        Caller caller = door.enter(project, VolumeAction.CHANGE_TYPES);
        JsonFields fields = JsonFields.of(body).only("volume_type").object("volume_type");
        fields.only("name", "description", "extra_specs", IS_PUBLIC);
        VolumeType type = new VolumeType(
                VolumeTypeId.random(),
                fields.text("name", MAX_TEXT).strip(),
                fields.optionalText("description", MAX_TEXT),
                visibility(fields.optionalLooseFlag(IS_PUBLIC).orElse(true)),
                fields.optionalTextMap("extra_specs", MAX_TEXT, MAX_TEXT).orElse(Map.of()),
                Set.of());
        types.add(type);
        return Map.of("volume_type", body(type, caller));
    }

    /// No type is the standard one.
    @GET
    @Path("default")
    public Map<String, Object> standard(@PathParam("project") String project) {
        door.enter(project, VolumeAction.READ_TYPES);
        throw new FaultException(404, "Default volume type can not be found.");
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("project") String project, @PathParam("id") String id) {
        Caller caller = door.enter(project, VolumeAction.READ_TYPES);
        return Map.of("volume_type", body(types.show(caller, id(id)), caller));
    }

    @PUT
    @Path("{id}")
    public Map<String, Object> update(
            @PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        Caller caller = door.enter(project, VolumeAction.CHANGE_TYPES);
        JsonFields fields = JsonFields.of(body).only("volume_type").object("volume_type");
        fields.only("name", "description", "is_public");
        VolumeType changed = types.change(
                id(id),
                type -> type.described(
                        fields.has("name") ? fields.text("name", MAX_TEXT).strip() : type.name(),
                        fields.has("description") ? fields.optionalText("description", MAX_TEXT) : type.description(),
                        fields.optionalLooseFlag("is_public")
                                .map(VolumeTypesResource::visibility)
                                .orElse(type.visibility())));
        Map<String, Object> shown = body(changed, caller);
        shown.remove(IS_PUBLIC);
        return Map.of("volume_type", shown);
    }

    @DELETE
    @Path("{id}")
    public Response remove(@PathParam("project") String project, @PathParam("id") String id) {
        door.enter(project, VolumeAction.CHANGE_TYPES);
        types.remove(id(id));
        return Response.accepted().build();
    }

    @GET
    @Path("{id}/extra_specs")
    public Map<String, Object> specs(@PathParam("project") String project, @PathParam("id") String id) {
        return Map.of("extra_specs", specsOf(project, id));
    }

    @POST
    @Path("{id}/extra_specs")
    public Map<String, Object> addSpecs(
            @PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        door.enter(project, VolumeAction.CHANGE_TYPES);
        Map<String, String> added = Metadata.of(body, "extra_specs");
        types.change(id(id), type -> type.specified(Metadata.merged(type.extraSpecs(), added)));
        return Map.of("extra_specs", added);
    }

    @GET
    @Path("{id}/extra_specs/{key}")
    public Map<String, String> spec(
            @PathParam("project") String project, @PathParam("id") String id, @PathParam("key") String key) {
        return Metadata.item(specsOf(project, id), key);
    }

    @PUT
    @Path("{id}/extra_specs/{key}")
    public Map<String, String> setSpec(
            @PathParam("project") String project,
            @PathParam("id") String id,
            @PathParam("key") String key,
            @Nullable JsonNode body) {
        door.enter(project, VolumeAction.CHANGE_TYPES);
        String value = JsonFields.of(body).only(key).text(key, MAX_TEXT);
        types.change(id(id), type -> type.specified(Metadata.merged(type.extraSpecs(), Map.of(key, value))));
        return Map.of(key, value);
    }

    @DELETE
    @Path("{id}/extra_specs/{key}")
    public Response removeSpec(
            @PathParam("project") String project, @PathParam("id") String id, @PathParam("key") String key) {
        door.enter(project, VolumeAction.CHANGE_TYPES);
        types.change(id(id), type -> type.specified(Metadata.without(type.extraSpecs(), key)));
        return Response.accepted().build();
    }

    @GET
    @Path("{id}/os-volume-type-access")
    public Map<String, Object> access(@PathParam("project") String project, @PathParam("id") String id) {
        VolumeType type = types.show(door.enter(project, VolumeAction.CHANGE_TYPES), id(id));
        if (type.visibility() == Visibility.PUBLIC) {
            throw new FaultException(404, "Access list not available for public volume types.");
        }
        return Map.of(
                "volume_type_access",
                type.projects().stream()
                        .map(ProjectId::value)
                        .sorted()
                        .map(open -> Map.of("volume_type_id", type.id().toString(), "project_id", open))
                        .toList());
    }

    @POST
    @Path("{id}/action")
    public Response act(@PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        door.enter(project, VolumeAction.CHANGE_TYPES);
        JsonFields fields = JsonFields.of(body);
        String action = fields.names().size() == 1 ? fields.names().getFirst() : "";
        if (!List.of("addProjectAccess", "removeProjectAccess").contains(action)) {
            throw new FaultException(400, "There is no such action: " + Faults.shortened(action) + ".");
        }
        ProjectId other = new ProjectId(fields.object(action).only("project").text("project", MAX_TEXT));
        types.change(id(id), type -> {
            Set<ProjectId> open = new HashSet<>(type.projects());
            if (type.visibility() == Visibility.PUBLIC) {
                throw new FaultException(409, "Project access of a public type cannot be changed.");
            }
            if (action.equals("addProjectAccess") ? !open.add(other) : !open.remove(other)) {
                throw action.equals("addProjectAccess")
                        ? new FaultException(409, "Volume type access for this project exists.")
                        : new FaultException(404, "Volume type access for this project could not be found.");
            }
            return type.openTo(open);
        });
        return Response.accepted().build();
    }

    private Map<String, String> specsOf(String project, String id) {
        return new TreeMap<>(types.show(door.enter(project, VolumeAction.CHANGE_TYPES), id(id))
                .extraSpecs());
    }

    private static Map<String, Object> body(VolumeType type, Caller caller) {
        Map<String, Object> body = new LinkedHashMap<>();
        boolean isPublic = type.visibility() == Visibility.PUBLIC;
        body.put("id", type.id().toString());
        body.put("name", type.name());
        body.put("description", type.description().orElse(null));
        body.put("is_public", isPublic);
        body.put(IS_PUBLIC, isPublic);
        if (caller.isAdmin()) {
            body.put("extra_specs", new TreeMap<>(type.extraSpecs()));
        }
        return body;
    }

    /// Of the types that the caller may see, all are shown unless the query says otherwise.
    static boolean asked(@Nullable String isPublic, Visibility visibility) {
        if (isPublic == null || isPublic.isEmpty() || isPublic.equalsIgnoreCase("none")) {
            return true;
        }
        return switch (isPublic.toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "t", "on" -> visibility == Visibility.PUBLIC;
            case "false", "0", "no", "f", "off" -> visibility == Visibility.PRIVATE;
            default -> throw new FaultException(400, "Invalid is_public filter: it must be true, false or none.");
        };
    }

    private static Visibility visibility(boolean isPublic) {
        return isPublic ? Visibility.PUBLIC : Visibility.PRIVATE;
    }

    static VolumeTypeId id(String text) {
        return PathId.of(text, VolumeTypeId::parse, ErrorCode.OBJECT_NOT_FOUND);
    }
}
