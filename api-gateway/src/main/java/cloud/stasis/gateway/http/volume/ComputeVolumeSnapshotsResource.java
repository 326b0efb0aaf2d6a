package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PublicUrls;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.SnapshotCatalog;
import cloud.stasis.gateway.volume.SnapshotCatalog.Deletion;
import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.gateway.volume.VolumeCatalog.Force;
import cloud.stasis.gateway.volume.VolumeSnapshot;
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

/// Snapshots of volumes by the compute API, for clients of its first versions.
@Path("compute/v2.1/os-snapshots")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class ComputeVolumeSnapshotsResource {
    private static final int MAX_TEXT = Metadata.MAX_TEXT;

    private final ComputeVolumeDoor door;
    private final SnapshotCatalog snapshots;
    private final PublicUrls urls;

    ComputeVolumeSnapshotsResource(ComputeVolumeDoor door, SnapshotCatalog snapshots, PublicUrls urls) {
        this.door = door;
        this.snapshots = snapshots;
        this.urls = urls;
    }

    @GET
    public Map<String, Object> list(@Context UriInfo uri) {
        door.requireList(uri);
        return detail(uri);
    }

    /// Says no more than the list; neither has links.
    @GET
    @Path("detail")
    public Map<String, Object> detail(@Context UriInfo uri) {
        Caller caller = door.enter(VolumeAction.READ);
        return ListingPage.of(caller, snapshots, urls.of("/compute/v2.1/os-snapshots"))
                .writeAlone(uri, ComputeVolumeSnapshotsResource::body);
    }

    @POST
    public Map<String, Object> create(@Nullable JsonNode body) {
        Caller caller = door.enter(VolumeAction.CHANGE);
        JsonFields fields = JsonFields.of(body).object("snapshot");
        VolumeSnapshot made = snapshots.create(
                caller,
                VolumesResource.id(fields.text("volume_id", MAX_TEXT)),
                new Label(
                        fields.optionalText("display_name", MAX_TEXT).orElse("").strip(),
                        fields.optionalText("display_description", MAX_TEXT),
                        Map.of()),
                fields.optionalLooseFlag("force").orElse(false) ? Force.YES : Force.NO);
        return Map.of("snapshot", body(made));
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("id") String id) {
        Caller caller = door.enter(VolumeAction.READ);
        return Map.of("snapshot", body(snapshots.show(caller, VolumeSnapshotsResource.id(id))));
    }

    @DELETE
    @Path("{id}")
    public Response delete(@PathParam("id") String id) {
        snapshots.delete(door.enter(VolumeAction.CHANGE), VolumeSnapshotsResource.id(id), Deletion.PLAIN);
        return Response.accepted().build();
    }

    private static Map<String, Object> body(VolumeSnapshot snapshot) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", snapshot.id().toString());
        body.put("volumeId", snapshot.volume().toString());
        body.put("status", snapshot.state().status());
        body.put("size", snapshot.size().gibRoundedUp());
        body.put("createdAt", VolumeBody.time(snapshot.createdAt()));
        body.put("displayName", snapshot.label().name());
        body.put("displayDescription", snapshot.label().description().orElse(null));
        return body;
    }
}
