package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.snapshot.Replies.OneJob;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.snapshot.SnapshotImages;
import cloud.stasis.gateway.volume.SnapshotUpload;
import cloud.stasis.gateway.volume.VolumeBundle;
import cloud.stasis.gateway.volume.VolumeCatalog;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// Images of snapshots, of whole servers and of volumes.
@Path("snapshot/v1/images")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "snapshots")
public class SnapshotImagesResource {
    private static final int MAX_NAME = 255;

    private final CurrentRequest request;
    private final SnapshotImages images;
    private final SnapshotUpload volumes;
    private final Clock clock;

    SnapshotImagesResource(CurrentRequest request, SnapshotImages images, SnapshotUpload volumes, Clock clock) {
        this.request = request;
        this.images = images;
        this.volumes = volumes;
        this.clock = clock;
    }

    /// The body of [#make], for its description.
    ///
    /// @param snapshot id of a snapshot of a server
    /// @param volumeSnapshot id of a snapshot of a volume, instead
    /// @param diskFormat of an image of a volume `qcow2` or `raw`, of the disks in an OVA `qcow2` or `vmdk`;
    /// `qcow2` if not said. An OVA with `vmdk` is for other hypervisors, and holds the disks alone
    @Schema(requiredProperties = "name")
    public record NewImage(
            String snapshot,
            @JsonProperty("volume_snapshot") String volumeSnapshot,
            String name,

            @JsonProperty("disk_format") @Schema(enumeration = {"qcow2", "raw", "vmdk"})
            String diskFormat) {}

    @POST
    @Operation(
            summary = "Make an image of a snapshot",
            description =
                    "The job names the image. Of a server's snapshot its download is the whole bundle as an OVA: all"
                            + " disks as qcow2, the memory, the devices, and what another site needs to take it in. Of a snapshot"
                            + " of a volume it is that disk.")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewImage.class)))
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response make(@Nullable JsonNode body) {
        SnapshotAction.CHANGE.check(request.caller());
        JsonFields fields = JsonFields.of(body).only("snapshot", "volume_snapshot", "name", "disk_format");
        if (fields.has("snapshot") == fields.has("volume_snapshot")) {
            throw new FaultException(400, "Name either snapshot or volume_snapshot.");
        }
        return Response.accepted(new OneJob(JobView.of(begun(fields), clock.instant())))
                .build();
    }

    private Job begun(JsonFields fields) {
        String name = fields.text("name", MAX_NAME);
        if (fields.has("snapshot")) {
            return images.begin(
                    request.caller(), SnapshotsResource.id(fields.text("snapshot", MAX_NAME)), name, diskForm(fields));
        }
        return volumes.begin(
                request.caller(),
                SnapshotsResource.id(fields.text("volume_snapshot", MAX_NAME)),
                new VolumeCatalog.NewImage(name, form(fields)));
    }

    private static SnapshotImages.DiskForm diskForm(JsonFields fields) {
        return switch (fields.optionalText("disk_format", MAX_NAME).orElse("qcow2")) {
            case "qcow2" -> SnapshotImages.DiskForm.QCOW2;
            case "vmdk" -> SnapshotImages.DiskForm.VMDK;
            default -> throw new FaultException(400, "disk_format must be qcow2 or vmdk.");
        };
    }

    private static VolumeBundle.Form form(JsonFields fields) {
        return switch (fields.optionalText("disk_format", MAX_NAME).orElse("qcow2")) {
            case "qcow2" -> VolumeBundle.Form.QCOW2;
            case "raw" -> VolumeBundle.Form.RAW;
            default -> throw new FaultException(400, "disk_format must be qcow2 or raw.");
        };
    }
}
