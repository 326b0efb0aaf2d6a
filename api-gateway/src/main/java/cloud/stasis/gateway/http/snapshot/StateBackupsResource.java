package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.snapshot.Replies.OneJob;
import cloud.stasis.gateway.http.snapshot.Replies.OneStateBackup;
import cloud.stasis.gateway.http.snapshot.Replies.StateBackupList;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.state.StateBackups;
import cloud.stasis.model.StateBackupId;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
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
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/// Backups of the control plane's own state, for operators.
@Path("snapshot/v1/state-backups")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "state", description = "Backups of the control plane's own state (administrators)")
public class StateBackupsResource {
    private final CurrentRequest request;
    private final StateBackups backups;
    private final Clock clock;

    StateBackupsResource(CurrentRequest request, StateBackups backups, Clock clock) {
        this.request = request;
        this.backups = backups;
        this.clock = clock;
    }

    @GET
    @Operation(summary = "List backups of the state, the newest first")
    public StateBackupList list() {
        operator();
        return new StateBackupList(
                backups.all().stream().map(StateBackupView::of).toList());
    }

    @GET
    @Path("{id}")
    @Operation(summary = "Show a backup of the state")
    public OneStateBackup show(@PathParam("id") String id) {
        operator();
        return new OneStateBackup(StateBackupView.of(backups.one(StateBackupId.parse(id))));
    }

    @POST
    @Operation(
            summary = "Back up the state now",
            description = "It is done when the backup is `available`, and has failed when it is in `error`.")
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneStateBackup.class)))
    public Response take() {
        return Response.accepted(new OneStateBackup(StateBackupView.of(backups.take(operator()))))
                .build();
    }

    @DELETE
    @Path("{id}")
    @Operation(summary = "Delete a backup of the state")
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response delete(@PathParam("id") String id) {
        return Response.accepted(
                        new OneJob(JobView.of(backups.delete(operator(), StateBackupId.parse(id)), clock.instant())))
                .build();
    }

    private Caller operator() {
        Caller caller = request.caller();
        SnapshotAction.OPERATE.check(caller);
        return caller;
    }
}
