package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.catalog.Restoration;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.snapshot.Replies.OneJob;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// Snapshots whose server is not there any more.
@Path("snapshot/v1/snapshots/{id}/restore")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "snapshots")
public class RestoreResource {
    private static final int MAX_NAME = 255;

    private final CurrentRequest request;
    private final Restoration restoration;
    private final Clock clock;

    RestoreResource(CurrentRequest request, Restoration restoration, Clock clock) {
        this.request = request;
        this.restoration = restoration;
        this.clock = clock;
    }

    /// The body of [#restore], for its description.
    ///
    /// @param name of the server; what it was called if it is not said
    /// @param memory go on mid-instruction instead of booting from the disks; false if not said
    /// @param state of the server afterwards; `running` if not said
    public record NewRestore(
            String name,
            boolean memory,
            @Schema(enumeration = {"running", "paused"}) String state) {}

    @POST
    @Operation(summary = "Make the server of a snapshot again where it is not there any more")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewRestore.class)))
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response restore(@PathParam("id") String id, @Nullable JsonNode body) {
        SnapshotAction.CHANGE.check(request.caller());
        JsonFields fields = JsonFields.of(body).only("name", "memory", "state");
        Job job = restoration.begin(
                request.caller(),
                SnapshotsResource.id(id),
                fields.optionalText("name", MAX_NAME),
                fields.optionalFlag("memory").orElse(false) ? MemoryChoice.WITH_MEMORY : MemoryChoice.DISKS_ONLY,
                resume(fields));
        return Response.accepted(new OneJob(JobView.of(job, clock.instant()))).build();
    }

    private static AfterRevert resume(JsonFields fields) {
        return switch (fields.optionalText("state", MAX_NAME).orElse("running")) {
            case "running" -> AfterRevert.RUNNING;
            case "paused" -> AfterRevert.PAUSED;
            default -> throw new FaultException(400, "state must be running or paused.");
        };
    }
}
