package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.http.snapshot.Replies.OneJob;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.NewVolume;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.VolumeCatalog;
import cloud.stasis.gateway.volume.VolumeCatalog.Safety;
import cloud.stasis.gateway.volume.VolumeCreation;
import cloud.stasis.gateway.volume.VolumeSource;
import cloud.stasis.gateway.volume.VolumeTypeCatalog;
import cloud.stasis.gateway.volume.VolumeTypeId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// Volumes of disks that snapshots hold.
@Path("snapshot/v1/volumes")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "snapshots")
public class SnapshotVolumesResource {
    private static final int MAX_TEXT = 255;

    private final CurrentRequest request;
    private final VolumeCreation creation;
    private final VolumeCatalog volumes;
    private final VolumeTypeCatalog types;
    private final Clock clock;

    SnapshotVolumesResource(
            CurrentRequest request,
            VolumeCreation creation,
            VolumeCatalog volumes,
            VolumeTypeCatalog types,
            Clock clock) {
        this.request = request;
        this.volumes = volumes;
        this.creation = creation;
        this.types = types;
        this.clock = clock;
    }

    /// The body of [#make], for its description.
    ///
    /// @param snapshot id of the snapshot
    /// @param disk as it is called in the server, `vda`; the root disk if not said
    /// @param size in GiB; that of the disk if not said
    @Schema(requiredProperties = "snapshot")
    public record NewSnapshotVolume(
            String snapshot,
            String disk,
            String name,
            int size,
            @JsonProperty("volume_type") String volumeType) {}

    @POST
    @Operation(
            summary = "Make a volume of a disk that a snapshot holds",
            description =
                    "The job names the volume, which is in the block storage API from now on. One of the root disk"
                            + " boots as the server did.")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewSnapshotVolume.class)))
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response make(@Nullable JsonNode body) {
        Caller caller = request.caller();
        SnapshotAction.CHANGE.check(caller);
        JsonFields fields = JsonFields.of(body).only("snapshot", "disk", "name", "size", "volume_type");
        VolumeSource source = new VolumeSource.OfServerDisk(
                SnapshotsResource.id(fields.text("snapshot", MAX_TEXT)),
                fields.optionalText("disk", MAX_TEXT).map(SnapshotVolumesResource::disk));
        Optional<VolumeTypeId> type = fields.optionalText("volume_type", MAX_TEXT)
                .map(name -> types.usable(caller, name).id());
        Volume.Label label = new Volume.Label(
                fields.optionalText("name", MAX_TEXT).orElse("").strip(), Optional.empty(), Map.of());
        NewVolume asked = new NewVolume(label, source, size(fields), type, Optional.empty());
        return Response.accepted(new OneJob(JobView.of(creation.createAsJob(caller, asked), clock.instant())))
                .build();
    }

    /// The body of [#undo], for its description.
    ///
    /// @param safety keep what the volume holds as a snapshot; true if not said
    public record NewUndo(boolean safety) {}

    @POST
    @Path("{id}/undo-revert")
    @Operation(summary = "Take back the last revert: the volume holds what its newest safety snapshot does")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewUndo.class)))
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response undo(@PathParam("id") String id, @Nullable JsonNode body) {
        SnapshotAction.CHANGE.check(request.caller());
        VolumeId volume = PathId.of(id, VolumeId::parse, ErrorCode.VOLUME_NOT_FOUND);
        boolean isSafe =
                JsonFields.of(body).only("safety").optionalFlag("safety").orElse(true);
        return Response.accepted(new OneJob(JobView.of(
                        volumes.undoRevert(request.caller(), volume, isSafe ? Safety.TAKEN : Safety.DECLINED),
                        clock.instant())))
                .build();
    }

    private static DeviceName disk(String text) {
        try {
            return new DeviceName(text.startsWith("/dev/") ? text.substring("/dev/".length()) : text);
        } catch (StasisException | IllegalArgumentException e) {
            throw new FaultException(400, "disk must be the name of a disk, such as vda.");
        }
    }

    private static Optional<ByteCount> size(JsonFields fields) {
        Optional<Integer> gib = fields.optionalNumber("size");
        gib.filter(size -> size < 1 || size > VolumeCatalog.MAX_GIB).ifPresent(size -> {
            throw new FaultException(400, "size must be 1 to " + VolumeCatalog.MAX_GIB + " GiB.");
        });
        return gib.map(ByteCount::ofGib);
    }
}
