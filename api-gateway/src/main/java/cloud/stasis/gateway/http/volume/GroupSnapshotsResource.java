package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PublicUrls;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.GroupCatalog;
import cloud.stasis.gateway.volume.GroupSnapshot;
import cloud.stasis.gateway.volume.Volume.Label;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Snapshots of groups of volumes, from version 3.14 on: list, create, show, delete.
@Path("volume/v3/{project}/group_snapshots")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class GroupSnapshotsResource {
    private static final int MAX_TEXT = Metadata.MAX_TEXT;

    private final VolumeDoor door;
    private final GroupCatalog groups;
    private final PublicUrls urls;

    GroupSnapshotsResource(VolumeDoor door, GroupCatalog groups, PublicUrls urls) {
        this.door = door;
        this.groups = groups;
        this.urls = urls;
    }

    @GET
    public Map<String, Object> list(@PathParam("project") String project, @Context UriInfo uri) {
        return page(project, "group_snapshots", uri, snapshot -> named(snapshot));
    }

    @GET
    @Path("detail")
    public Map<String, Object> detail(@PathParam("project") String project, @Context UriInfo uri) {
        return page(project, "group_snapshots/detail", uri, this::detail);
    }

    private Map<String, Object> page(String project, String path, UriInfo uri, ShelfPage.Writer<GroupSnapshot> write) {
        Caller caller = enter(project, VolumeAction.READ);
        return ShelfPage.<GroupSnapshot>of(uri, "group_snapshots", urls.of("/volume/v3/" + project + "/" + path))
                .filter("name", snapshot -> snapshot.label().name())
                .filter("status", GroupSnapshot::status)
                .filter("group_id", snapshot -> snapshot.group().toString())
                .write(scope -> groups.listSnapshots(caller, scope), write);
    }

    @POST
    public Response create(@PathParam("project") String project, @Nullable JsonNode body) {
        Caller caller = enter(project, VolumeAction.CHANGE);
        JsonFields fields = JsonFields.of(body).only("group_snapshot").object("group_snapshot");
        fields.only("group_id", "name", "description");
        GroupSnapshot made = groups.snapshot(
                caller,
                BackupsResource.id(fields.text("group_id", MAX_TEXT)),
                new Label(
                        fields.optionalText("name", MAX_TEXT).orElse("").strip(),
                        fields.optionalText("description", MAX_TEXT),
                        Map.of()));
        Map<String, Object> shown = named(made);
        shown.put("group_type_id", made.type().toString());
        return Response.accepted(Map.of("group_snapshot", shown)).build();
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("project") String project, @PathParam("id") String id) {
        Caller caller = enter(project, VolumeAction.READ);
        return Map.of("group_snapshot", detail(groups.showSnapshot(caller, BackupsResource.id(id))));
    }

    @DELETE
    @Path("{id}")
    public Response delete(@PathParam("project") String project, @PathParam("id") String id) {
        groups.deleteSnapshot(enter(project, VolumeAction.CHANGE), BackupsResource.id(id));
        return Response.accepted().build();
    }

    @POST
    @Path("{id}/action")
    public Response act(@PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        Caller caller = enter(project, VolumeAction.FORCE);
        door.requireVersion(3, 19);
        JsonFields fields = JsonFields.of(body);
        String action = fields.names().size() == 1 ? fields.names().getFirst() : "";
        if (!action.equals("reset_status")) {
            throw new FaultException(400, "There is no such action: " + Faults.shortened(action) + ".");
        }
        groups.markSnapshot(caller, BackupsResource.id(id), GroupsResource.word(fields.object(action)));
        return Response.accepted().build();
    }

    private Caller enter(String project, VolumeAction action) {
        Caller caller = door.enter(project, action);
        door.requireVersion(3, 14);
        return caller;
    }

    private static Map<String, Object> named(GroupSnapshot snapshot) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", snapshot.key().toString());
        body.put("name", snapshot.label().name());
        return body;
    }

    private Map<String, Object> detail(GroupSnapshot snapshot) {
        Map<String, Object> body = named(snapshot);
        body.put("group_id", snapshot.group().toString());
        body.put("group_type_id", snapshot.type().toString());
        body.put("status", snapshot.status());
        body.put("created_at", VolumeBody.time(snapshot.createdAt()));
        body.put("description", snapshot.label().description().orElse(null));
        if (door.version().atLeast(3, 58)) {
            body.put("project_id", snapshot.project().value());
        }
        return body;
    }
}
