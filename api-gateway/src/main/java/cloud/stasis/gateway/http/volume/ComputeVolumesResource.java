package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.http.PublicUrls;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.NewVolume;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.gateway.volume.VolumeCatalog;
import cloud.stasis.gateway.volume.VolumeCatalog.Deletion;
import cloud.stasis.gateway.volume.VolumeCreation;
import cloud.stasis.gateway.volume.VolumeSource;
import cloud.stasis.gateway.volume.VolumeState.Attachment;
import cloud.stasis.gateway.volume.VolumeTypeCatalog;
import cloud.stasis.gateway.volume.VolumeTypeId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.SnapshotId;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Volumes by the compute API, for clients of its first versions.
@Path("compute/v2.1/os-volumes")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class ComputeVolumesResource {
    private static final int MAX_TEXT = Metadata.MAX_TEXT;

    private final ComputeVolumeDoor door;
    private final VolumeCatalog volumes;
    private final VolumeCreation creation;
    private final VolumeTypeCatalog types;
    private final VolumeBody bodies;
    private final PublicUrls urls;

    ComputeVolumesResource(
            ComputeVolumeDoor door,
            VolumeCatalog volumes,
            VolumeCreation creation,
            VolumeTypeCatalog types,
            VolumeBody bodies,
            PublicUrls urls) {
        this.door = door;
        this.volumes = volumes;
        this.creation = creation;
        this.types = types;
        this.bodies = bodies;
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
        return ListingPage.of(caller, volumes, urls.of("/compute/v2.1/os-volumes"))
                .writeAlone(uri, this::body);
    }

    @POST
    public Map<String, Object> create(@Nullable JsonNode body) {
        Caller caller = door.enter(VolumeAction.CHANGE);
        JsonFields fields = JsonFields.of(body).object("volume");
        ByteCount size = VolumesResource.size(fields, "size")
                .orElseThrow(() -> new FaultException(400, "Invalid input received: size is required."));
        VolumeSource source = fields.optionalText("snapshot_id", MAX_TEXT)
                .map(id -> PathId.of(id, SnapshotId::parse, ErrorCode.SNAPSHOT_NOT_FOUND))
                .<VolumeSource>map(VolumeSource.OfSnapshot::new)
                .orElseGet(VolumeSource.Blank::new);
        Optional<VolumeTypeId> type = fields.optionalText("volume_type", MAX_TEXT)
                .map(name -> types.usable(caller, name).id());
        Label label = new Label(
                fields.optionalText("display_name", MAX_TEXT).orElse("").strip(),
                fields.optionalText("display_description", MAX_TEXT),
                fields.optionalTextMap("metadata", MAX_TEXT, MAX_TEXT).orElse(Map.of()));
        Volume made = creation.create(caller, new NewVolume(label, source, Optional.of(size), type, Optional.empty()));
        return Map.of("volume", body(made));
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("id") String id) {
        Caller caller = door.enter(VolumeAction.READ);
        return Map.of("volume", body(volumes.show(caller, VolumesResource.id(id))));
    }

    @DELETE
    @Path("{id}")
    public Response delete(@PathParam("id") String id) {
        volumes.delete(door.enter(VolumeAction.CHANGE), VolumesResource.id(id), Deletion.PLAIN);
        return Response.accepted().build();
    }

    @DELETE
    public void deleteNothing() {
        throw door.nothing();
    }

    private Map<String, Object> body(Volume volume) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", volume.id().toString());
        body.put("status", volume.state().status());
        body.put("size", volume.size().gibRoundedUp());
        body.put("availabilityZone", VolumeBody.ZONE);
        body.put("createdAt", VolumeBody.time(volume.createdAt()));
        body.put("displayName", volume.label().name());
        body.put("displayDescription", volume.label().description().orElse(null));
        body.put("volumeType", bodies.type(volume));
        body.put(
                "snapshotId",
                volume.nature().snapshot().map(SnapshotId::toString).orElse(null));
        body.put("metadata", new TreeMap<>(volume.label().metadata()));
        // One that says nothing stands for none.
        body.put(
                "attachments",
                List.of(volume.state()
                        .attached()
                        .map(attachment -> attachment(volume, attachment))
                        .orElse(Map.of())));
        return body;
    }

    private static Map<String, Object> attachment(Volume volume, Attachment attachment) {
        return Map.of(
                "id", volume.id().toString(),
                "volumeId", volume.id().toString(),
                "serverId", attachment.instance().toString(),
                "device", "/dev/" + attachment.device());
    }
}
