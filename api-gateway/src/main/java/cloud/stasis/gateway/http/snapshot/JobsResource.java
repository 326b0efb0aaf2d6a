package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.Page;
import cloud.stasis.gateway.http.PageLinks;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.http.snapshot.Replies.ManyJobs;
import cloud.stasis.gateway.http.snapshot.Replies.OneJob;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.job.JobQuery;
import cloud.stasis.gateway.saga.JobControl;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.JobId;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.GET;
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
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestStreamElementType;
import org.jspecify.annotations.Nullable;

/// Jobs: what a tenant waits for.
@Path("snapshot/v1/jobs")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "jobs", description = "Everything that takes longer than its request, whichever API asked for it")
public class JobsResource {
    private static final int STANDARD_PAGE = 100;

    private final CurrentRequest request;
    private final JobControl jobs;
    private final JobStreams streams;
    private final Clock clock;

    JobsResource(CurrentRequest request, JobControl jobs, JobStreams streams, Clock clock) {
        this.request = request;
        this.jobs = jobs;
        this.streams = streams;
        this.clock = clock;
    }

    @GET
    @RunOnVirtualThread
    @Operation(summary = "List jobs, newest first")
    public ManyJobs list(
            @QueryParam("server") @Nullable String server,
            @QueryParam("snapshot") @Nullable String snapshot,
            @QueryParam("image") @Nullable String image,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("marker") @Nullable String marker,
            @Context UriInfo uri) {
        Caller caller = request.caller();
        SnapshotAction.READ.check(caller);
        Page page = Page.of(limit, marker, STANDARD_PAGE, Page.MAXIMUM);
        List<Job> found = jobs.list(new JobQuery(
                caller.project(),
                Optional.ofNullable(server).map(SnapshotsResource::server),
                Optional.ofNullable(snapshot).map(SnapshotsResource::id),
                Optional.ofNullable(image).map(text -> PathId.of(text, ImageId::parse, ErrorCode.IMAGE_NOT_FOUND)),
                page.marker().map(JobsResource::id),
                page.rows()));
        List<Job> shown = found.subList(0, Math.min(found.size(), page.limit()));
        return new ManyJobs(
                shown.stream().map(job -> JobView.of(job, clock.instant())).toList(),
                shown.isEmpty() || shown.size() == found.size()
                        ? null
                        : PageLinks.next(
                                "/snapshot/v1/jobs",
                                uri.getQueryParameters(),
                                shown.getLast().id().toString()));
    }

    @GET
    @Path("{id}")
    @RunOnVirtualThread
    @Operation(summary = "Show a job: how far it is, and how it ended")
    public OneJob show(@PathParam("id") String id) {
        SnapshotAction.READ.check(request.caller());
        return new OneJob(JobView.of(jobs.show(request.caller(), id(id)), clock.instant()));
    }

    /// One event at once, one after each change, and the end of the stream when the job is over.
    @GET
    @Path("{id}/events")
    @Blocking
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RestStreamElementType(MediaType.APPLICATION_JSON)
    @Operation(summary = "Follow a job as server-sent events")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = JobView.class)))
    public Multi<JobView> events(@PathParam("id") String id) {
        SnapshotAction.READ.check(request.caller());
        return streams.follow(jobs.show(request.caller(), id(id)).id());
    }

    @POST
    @Path("{id}/cancel")
    @RunOnVirtualThread
    @Operation(summary = "Cancel a job: what it has done is undone")
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response cancel(@PathParam("id") String id) {
        SnapshotAction.CHANGE.check(request.caller());
        return accepted(jobs.cancel(request.caller(), id(id)));
    }

    /// For operators: a stuck job tries again.
    @POST
    @Path("{id}/retry")
    @RunOnVirtualThread
    @Operation(summary = "Let a stuck job try again (administrators)")
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response retry(@PathParam("id") String id) {
        SnapshotAction.OPERATE.check(request.caller());
        return accepted(jobs.askAgain(request.caller(), id(id)));
    }

    private static JobId id(String text) {
        return PathId.of(text, JobId::parse, ErrorCode.JOB_NOT_FOUND);
    }

    private Response accepted(Job job) {
        return Response.accepted(new OneJob(JobView.of(job, clock.instant()))).build();
    }
}
