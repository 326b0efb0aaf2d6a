package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.Page;
import cloud.stasis.gateway.http.PageLinks;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.http.snapshot.Replies.AllJobs;
import cloud.stasis.gateway.http.snapshot.Replies.ManyInstants;
import cloud.stasis.gateway.http.snapshot.Replies.OneInstant;
import cloud.stasis.gateway.http.snapshot.SnapshotsResource.NewRevert;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.snapshot.InstantId;
import cloud.stasis.gateway.snapshot.Instants;
import cloud.stasis.model.ErrorCode;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// Snapshots of several servers that show one instant.
@Path("snapshot/v1/instants")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "instants", description = "One instant of several servers; each of its snapshots is one like any other")
public class InstantsResource {
    private static final int STANDARD_PAGE = 100;

    private final CurrentRequest request;
    private final Instants instants;
    private final Clock clock;

    InstantsResource(CurrentRequest request, Instants instants, Clock clock) {
        this.request = request;
        this.instants = instants;
        this.clock = clock;
    }

    @GET
    @Operation(summary = "List instants of several servers, newest first")
    public ManyInstants list(
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("marker") @Nullable String marker,
            @Context UriInfo uri) {
        SnapshotAction.READ.check(request.caller());
        Page page = Page.of(limit, marker, STANDARD_PAGE, Page.MAXIMUM);
        List<Instants.Shown> found =
                instants.list(request.caller(), page.marker().map(InstantsResource::id), page.rows());
        List<Instants.Shown> shown = found.subList(0, Math.min(found.size(), page.limit()));
        return new ManyInstants(
                shown.stream().map(InstantView::of).toList(),
                shown.isEmpty() || shown.size() == found.size()
                        ? null
                        : PageLinks.next(
                                "/snapshot/v1/instants",
                                uri.getQueryParameters(),
                                shown.getLast().instant().id().toString()));
    }

    @GET
    @Path("{id}")
    @Operation(
            summary = "Show an instant, the snapshots that are left of it, and how far apart the servers stood still")
    public OneInstant show(@PathParam("id") String id) {
        SnapshotAction.READ.check(request.caller());
        return new OneInstant(InstantView.of(instants.show(request.caller(), id(id))));
    }

    @POST
    @Path("{id}/revert")
    @Operation(
            summary = "Put all servers back to the instant",
            description = "All are checked before the first is touched; then each is reverted by a job of its own, and"
                    + " what it was becomes a safety snapshot, unless that is declined")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewRevert.class)))
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = AllJobs.class)))
    public Response revert(
            @PathParam("id") String id,
            @Parameter(description = "The same key gives the same jobs")
                    @HeaderParam(SnapshotsResource.CLIENT_TOKEN)
                    @Nullable
                    String token,
            @Nullable JsonNode body) {
        SnapshotAction.CHANGE.check(request.caller());
        return accepted(
                instants.revert(request.caller(), id(id), SnapshotsResource.way(body), SnapshotsResource.token(token)));
    }

    @DELETE
    @Path("{id}")
    @Operation(
            summary = "Delete all snapshots of an instant",
            description = "All are checked before the first is deleted, each by a job of its own")
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = AllJobs.class)))
    public Response delete(
            @PathParam("id") String id,
            @Parameter(description = "The same key gives the same jobs")
                    @HeaderParam(SnapshotsResource.CLIENT_TOKEN)
                    @Nullable
                    String token) {
        SnapshotAction.CHANGE.check(request.caller());
        return accepted(instants.delete(request.caller(), id(id), SnapshotsResource.token(token)));
    }

    private static InstantId id(String text) {
        return PathId.of(text, InstantId::parse, ErrorCode.SNAPSHOT_NOT_FOUND);
    }

    private Response accepted(List<Job> jobs) {
        return Response.accepted(new AllJobs(jobs.stream()
                        .map(job -> JobView.of(job, clock.instant()))
                        .toList()))
                .build();
    }
}
