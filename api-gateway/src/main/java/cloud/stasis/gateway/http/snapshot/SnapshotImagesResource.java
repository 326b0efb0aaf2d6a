package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.snapshot.Replies.OneJob;
import cloud.stasis.gateway.snapshot.SnapshotImages;
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

/// Images of whole snapshots.
@Path("snapshot/v1/images")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "snapshots")
public class SnapshotImagesResource {
    private static final int MAX_NAME = 255;

    private final CurrentRequest request;
    private final SnapshotImages images;
    private final Clock clock;

    SnapshotImagesResource(CurrentRequest request, SnapshotImages images, Clock clock) {
        this.request = request;
        this.images = images;
        this.clock = clock;
    }

    /// The body of [#make], for its description.
    ///
    /// @param snapshot id of the snapshot
    @Schema(requiredProperties = {"snapshot", "name"})
    public record NewImage(String snapshot, String name) {}

    @POST
    @Operation(
            summary = "Make an image of a snapshot",
            description = "The job names the image. Its download is the whole bundle as an OVA: all disks as qcow2, the"
                    + " memory, the devices, and what another site needs to take it in.")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewImage.class)))
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response make(@Nullable JsonNode body) {
        SnapshotAction.CHANGE.check(request.caller());
        JsonFields fields = JsonFields.of(body).only("snapshot", "name");
        return Response.accepted(new OneJob(JobView.of(
                        images.begin(
                                request.caller(),
                                SnapshotsResource.id(fields.text("snapshot", MAX_NAME)),
                                fields.text("name", MAX_NAME)),
                        clock.instant())))
                .build();
    }
}
