package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.snapshot.Replies.OneJob;
import cloud.stasis.gateway.http.snapshot.Replies.OneTree;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.snapshot.Clones;
import cloud.stasis.gateway.snapshot.NewClones;
import cloud.stasis.gateway.snapshot.Reverts;
import cloud.stasis.gateway.snapshot.Snapshot;
import cloud.stasis.gateway.snapshot.SnapshotTree;
import cloud.stasis.gateway.snapshot.Snapshots;
import cloud.stasis.gateway.storage.Storage;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// What concerns all snapshots of one server.
@Path("snapshot/v1/servers")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "servers", description = "All snapshots of one server, and where it stands among them")
public class SnapshotServersResource {
    private final CurrentRequest request;
    private final Snapshots snapshots;
    private final Reverts reverts;
    private final Clones clones;
    private final Storage storage;
    private final Clock clock;

    SnapshotServersResource(
            CurrentRequest request, Snapshots snapshots, Reverts reverts, Clones clones, Storage storage, Clock clock) {
        this.request = request;
        this.snapshots = snapshots;
        this.reverts = reverts;
        this.clones = clones;
        this.storage = storage;
        this.clock = clock;
    }

    /// The body of [#undo], for its description.
    ///
    /// @param safety keep what the server is as a snapshot; true if not said
    public record NewUndo(boolean safety) {}

    /// The body of [#copy], for its description.
    ///
    /// @param name of the new server
    /// @param memory go on mid-instruction instead of booting from the disks; false if not said
    /// @param state of the new server; `running` if not said
    /// @param identity whether it is the same machine to its guest; `keep` if not said
    /// @param consistency of the snapshot; `prefer` if not said
    /// @param snapshot name of the snapshot; made of that of the new server if not said
    @Schema(requiredProperties = "name")
    public record NewCopy(
            String name,
            boolean memory,
            @Schema(enumeration = {"running", "paused"}) String state,

            @Schema(enumeration = {"keep", "regenerate", "isolate"})
            String identity,

            @Schema(enumeration = {"require", "prefer", "none"})
            String consistency,

            String snapshot) {}

    @POST
    @Path("{id}/clone")
    @Operation(
            summary = "Make a new server out of this one as it is now",
            description = "A snapshot is taken, which stays; the job is the clone's, and waits for it")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewCopy.class)))
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response copy(
            @PathParam("id") String id,
            @Parameter(description = "The same key gives the same job")
                    @HeaderParam(SnapshotsResource.CLIENT_TOKEN)
                    @Nullable
                    String token,
            @Nullable JsonNode body) {
        SnapshotAction.CHANGE.check(request.caller());
        JsonFields fields = JsonFields.of(body).only("name", "memory", "state", "identity", "consistency", "snapshot");
        NewClones.Asked asked = SnapshotsResource.clone(fields);
        Job job = clones.cloneNow(
                request.caller(),
                SnapshotsResource.server(id),
                fields.optionalText("snapshot", Snapshot.MAX_NAME).orElseGet(() -> nameOfSnapshot(asked)),
                SnapshotsResource.quiesce(fields),
                asked,
                SnapshotsResource.token(token));
        return Response.accepted(new OneJob(JobView.of(job, clock.instant()))).build();
    }

    private static String nameOfSnapshot(NewClones.Asked asked) {
        String name = "for clone " + asked.name();
        return name.substring(0, Math.min(name.length(), Snapshot.MAX_NAME));
    }

    @GET
    @Path("{id}/tree")
    @Operation(summary = "Show the snapshots of a server by descent, and which one it continues from")
    public OneTree tree(@PathParam("id") String id) {
        SnapshotAction.READ.check(request.caller());
        SnapshotTree tree = snapshots.tree(request.caller(), SnapshotsResource.server(id));
        Map<ReferenceName, ProjectId> owners = tree.nodes().stream()
                .map(SnapshotTree.Node::snapshot)
                .collect(Collectors.toMap(snapshot -> ReferenceName.of(snapshot.id()), Snapshot::project));
        return new OneTree(TreeView.of(tree, storage.of(request.caller(), owners), Audience.of(request.caller())));
    }

    @POST
    @Path("{id}/undo-revert")
    @Operation(summary = "Take back the last revert: the server becomes what its newest safety snapshot shows")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewUndo.class)))
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response undo(
            @PathParam("id") String id,
            @Parameter(description = "The same key gives the same job")
                    @HeaderParam(SnapshotsResource.CLIENT_TOKEN)
                    @Nullable
                    String token,
            @Nullable JsonNode body) {
        SnapshotAction.CHANGE.check(request.caller());
        JsonFields fields = JsonFields.of(body).only("safety");
        Job job = reverts.undo(
                request.caller(),
                SnapshotsResource.server(id),
                SnapshotsResource.safety(fields),
                SnapshotsResource.token(token));
        return Response.accepted(new OneJob(JobView.of(job, clock.instant()))).build();
    }
}
