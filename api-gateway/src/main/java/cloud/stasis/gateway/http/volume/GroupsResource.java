package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PublicUrls;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.GroupCatalog;
import cloud.stasis.gateway.volume.GroupCatalog.Members;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.gateway.volume.VolumeGroup;
import cloud.stasis.gateway.volume.VolumeGroup.Origin;
import cloud.stasis.gateway.volume.VolumeTypeCatalog;
import cloud.stasis.gateway.volume.VolumeTypeId;
import cloud.stasis.model.VolumeId;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Groups of volumes, from version 3.13 on: list, create, show, update, delete; from 3.14 on out of another
/// group or a snapshot of one.
@Path("volume/v3/{project}/groups")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class GroupsResource {
    private static final int MAX_TEXT = Metadata.MAX_TEXT;
    private static final int MAX_TYPES = 100;
    /// A few hundred ids.
    private static final int MAX_IDS = 16 * 1024;

    /// What an operator may say of a group.
    static final Set<String> WORDS =
            Set.of("creating", "available", "deleting", "error", "error_deleting", "updating", "deleted");

    private final VolumeDoor door;
    private final GroupCatalog groups;
    private final GroupTypes kinds;
    private final VolumeTypeCatalog types;
    private final PublicUrls urls;

    GroupsResource(VolumeDoor door, GroupCatalog groups, GroupTypes kinds, VolumeTypeCatalog types, PublicUrls urls) {
        this.door = door;
        this.groups = groups;
        this.kinds = kinds;
        this.types = types;
        this.urls = urls;
    }

    @GET
    public Map<String, Object> list(@PathParam("project") String project, @Context UriInfo uri) {
        return page(project, "groups", uri, GroupsResource::summary);
    }

    @GET
    @Path("detail")
    public Map<String, Object> detail(@PathParam("project") String project, @Context UriInfo uri) {
        return page(project, "groups/detail", uri, group -> detail(group, uri));
    }

    private Map<String, Object> page(String project, String path, UriInfo uri, ShelfPage.Writer<VolumeGroup> write) {
        Caller caller = enter(project, VolumeAction.READ);
        return ShelfPage.<VolumeGroup>of(uri, "groups", urls.of("/volume/v3/" + project + "/" + path))
                .filter("name", group -> group.label().name())
                .filter("status", VolumeGroup::status)
                .write(scope -> groups.list(caller, scope), write);
    }

    @POST
    public Response create(@PathParam("project") String project, @Nullable JsonNode body) {
        Caller caller = enter(project, VolumeAction.CHANGE);
        JsonFields fields = JsonFields.of(body).only("group").object("group");
        fields.only("name", "description", "group_type", "volume_types", "availability_zone");
        List<VolumeTypeId> ids = fields.texts("volume_types", MAX_TYPES, MAX_TEXT).stream()
                .map(name -> types.usable(caller, name).id())
                .toList();
        if (ids.isEmpty()) {
            throw new FaultException(400, "Invalid input: volume_types must be provided to create group.");
        }
        UUID kind = kinds.usable(caller, fields.text("group_type", MAX_TEXT)).key();
        return made(groups.create(caller, label(fields), kind, ids));
    }

    private static Label label(JsonFields fields) {
        return new Label(
                fields.optionalText("name", MAX_TEXT).orElse("").strip(),
                fields.optionalText("description", MAX_TEXT),
                Map.of());
    }

    private static Response made(VolumeGroup group) {
        return Response.accepted(Map.of("group", summary(group))).build();
    }

    @POST
    @Path("action")
    public Response createFrom(@PathParam("project") String project, @Nullable JsonNode body) {
        Caller caller = enter(project, VolumeAction.CHANGE);
        door.requireVersion(3, 14);
        JsonFields fields = JsonFields.of(body).only("create-from-src").object("create-from-src");
        fields.only("name", "description", "group_snapshot_id", "source_group_id");
        Optional<UUID> snapshot =
                fields.optionalText("group_snapshot_id", MAX_TEXT).map(BackupsResource::id);
        Optional<UUID> group = fields.optionalText("source_group_id", MAX_TEXT).map(BackupsResource::id);
        if (snapshot.isPresent() == group.isPresent()) {
            throw new FaultException(400, "Invalid input: name either group_snapshot_id or source_group_id.");
        }
        return made(groups.createFrom(caller, new Origin(snapshot, group), label(fields)));
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(
            @PathParam("project") String project, @PathParam("id") String id, @Context UriInfo uri) {
        Caller caller = enter(project, VolumeAction.READ);
        return Map.of("group", detail(groups.show(caller, BackupsResource.id(id)), uri));
    }

    @PUT
    @Path("{id}")
    public Response update(@PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        Caller caller = enter(project, VolumeAction.CHANGE);
        JsonFields fields = JsonFields.of(body).only("group").object("group");
        fields.only("name", "description", "add_volumes", "remove_volumes");
        if (fields.names().isEmpty()) {
            throw new FaultException(400, "Invalid input: name, description, add_volumes or remove_volumes is needed.");
        }
        groups.update(
                caller,
                BackupsResource.id(id),
                new GroupCatalog.Change(
                        fields.optionalText("name", MAX_TEXT),
                        fields.optionalText("description", MAX_TEXT),
                        volumes(fields, "add_volumes"),
                        volumes(fields, "remove_volumes")));
        return Response.accepted().build();
    }

    private static List<VolumeId> volumes(JsonFields fields, String name) {
        return fields.optionalText(name, MAX_IDS)
                .map(text -> Arrays.stream(text.split(","))
                        .map(String::strip)
                        .filter(id -> !id.isEmpty())
                        .map(VolumesResource::id)
                        .toList())
                .orElse(List.of());
    }

    @POST
    @Path("{id}/action")
    public Response act(@PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        Caller caller = enter(project, VolumeAction.CHANGE);
        JsonFields fields = JsonFields.of(body);
        String action = fields.names().size() == 1 ? fields.names().getFirst() : "";
        switch (action) {
            case "delete" -> {
                boolean all = fields.object(action)
                        .only("delete-volumes")
                        .optionalLooseFlag("delete-volumes")
                        .orElse(false);
                groups.delete(caller, BackupsResource.id(id), all ? Members.GO : Members.STAY);
            }
            case "reset_status" -> {
                VolumeAction.FORCE.check(caller);
                door.requireVersion(3, 20);
                groups.mark(caller, BackupsResource.id(id), word(fields.object(action)));
            }
            default -> throw new FaultException(400, "There is no such action: " + Faults.shortened(action) + ".");
        }
        return Response.accepted().build();
    }

    static String word(JsonFields asked) {
        String word = asked.only("status").text("status", MAX_TEXT);
        if (!WORDS.contains(word)) {
            throw new FaultException(400, "Must specify a valid status: " + Faults.shortened(word) + " is none.");
        }
        return word;
    }

    private Caller enter(String project, VolumeAction action) {
        Caller caller = door.enter(project, action);
        door.requireVersion(3, 13);
        return caller;
    }

    private static Map<String, Object> summary(VolumeGroup group) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", group.key().toString());
        body.put("name", group.label().name());
        return body;
    }

    private Map<String, Object> detail(VolumeGroup group, UriInfo uri) {
        Map<String, Object> body = summary(group);
        body.put("description", group.label().description().orElse(null));
        body.put("status", group.status());
        body.put("availability_zone", VolumeBody.ZONE);
        body.put("created_at", VolumeBody.time(group.createdAt()));
        body.put("group_type", group.type().toString());
        body.put(
                "volume_types",
                group.types().stream().map(VolumeTypeId::toString).toList());
        if (door.version().atLeast(3, 14)) {
            body.put(
                    "group_snapshot_id",
                    group.origin().groupSnapshot().map(UUID::toString).orElse(null));
            body.put(
                    "source_group_id",
                    group.origin().group().map(UUID::toString).orElse(null));
        }
        if (door.version().atLeast(3, 25)
                && "true".equalsIgnoreCase(uri.getQueryParameters().getFirst("list_volume"))) {
            body.put(
                    "volumes",
                    groups.volumesOf(group).stream()
                            .map(Volume::id)
                            .map(VolumeId::toString)
                            .toList());
        }
        if (door.version().atLeast(3, 38)) {
            body.put("replication_status", "disabled");
        }
        return body;
    }
}
