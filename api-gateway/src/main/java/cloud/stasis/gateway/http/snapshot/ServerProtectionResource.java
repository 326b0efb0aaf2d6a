package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.snapshot.Replies.OneJob;
import cloud.stasis.gateway.http.snapshot.Replies.OneProtection;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.gateway.protection.FailOver.Kind;
import cloud.stasis.gateway.protection.Failovers;
import cloud.stasis.gateway.protection.Protection.Failover;
import cloud.stasis.gateway.protection.Protections;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.ProtectionSettings;
import cloud.stasis.model.ProtectionSettings.Output;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Duration;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// The standby of one server.
@Path("snapshot/v1/servers/{id}")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "protections", description = "Standbys of servers on other hosts, an interval behind them")
public class ServerProtectionResource {
    private static final int MAX_WORD = 16;
    private static final int MAX_HOST = 64;

    private final CurrentRequest request;
    private final Protections protections;
    private final Failovers failovers;
    private final Clock clock;

    ServerProtectionResource(CurrentRequest request, Protections protections, Failovers failovers, Clock clock) {
        this.request = request;
        this.protections = protections;
        this.failovers = failovers;
        this.clock = clock;
    }

    /// The body of [#protect], for its description. What is not said stays as it is.
    ///
    /// @param intervalMs from 100 to 600000; 1000 if never said
    /// @param output `held`: what the guest sends leaves once the epoch that covers it is on the standby; `free` if
    /// never said
    /// @param automatic whether the server fails over by itself when its host is lost; true if never said
    /// @param host of the standby, which an administrator may name
    @Schema(name = "ProtectionTerms")
    public record NewTerms(
            @JsonProperty("interval_ms") @Schema(minimum = "100", maximum = "600000")
            int intervalMs,

            @Schema(enumeration = {"free", "held"}) String output,
            boolean automatic,
            String host) {}

    @PUT
    @Path("protection")
    @Operation(
            summary = "Keep a standby of a server on another host, or change how that is done",
            description = "The job is over when the first epoch is on the standby")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewTerms.class)))
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response protect(@PathParam("id") String id, @Nullable JsonNode body) {
        SnapshotAction.CHANGE.check(request.caller());
        JsonFields fields = JsonFields.of(body).only("interval_ms", "output", "automatic", "host");
        Protections.Wish wish = new Protections.Wish(
                fields.optionalCount("interval_ms").map(ServerProtectionResource::interval),
                fields.optionalText("output", MAX_WORD).map(ServerProtectionResource::output),
                fields.optionalFlag("automatic").map(on -> on ? Failover.AUTOMATIC : Failover.MANUAL),
                fields.optionalText("host", MAX_HOST).map(ServerProtectionResource::host));
        return begun(protections.protect(request.caller(), SnapshotsResource.server(id), wish));
    }

    @GET
    @Path("protection")
    @Operation(summary = "Show the standby of a server, and how far it is behind")
    public OneProtection show(@PathParam("id") String id) {
        SnapshotAction.READ.check(request.caller());
        return new OneProtection(ProtectionView.of(
                protections.show(request.caller(), SnapshotsResource.server(id)),
                Audience.of(request.caller()),
                clock.instant()));
    }

    @DELETE
    @Path("protection")
    @Operation(summary = "Keep no standby of a server any more; the server goes on")
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response unprotect(@PathParam("id") String id) {
        SnapshotAction.CHANGE.check(request.caller());
        return begun(protections.unprotect(request.caller(), SnapshotsResource.server(id)));
    }

    /// The body of [#failOver], for its description.
    ///
    /// @param planned the host hands the server over, and nothing is lost; true if not said. Else the server goes
    /// on from the last complete epoch, once its host surely does not run it any more
    public record NewFailover(boolean planned) {}

    @POST
    @Path("failover")
    @Operation(summary = "Let a server go on where its standby is")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewFailover.class)))
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response failOver(@PathParam("id") String id, @Nullable JsonNode body) {
        SnapshotAction.CHANGE.check(request.caller());
        boolean planned =
                JsonFields.of(body).only("planned").optionalFlag("planned").orElse(true);
        return begun(failovers.begin(
                request.caller(), SnapshotsResource.server(id), planned ? Kind.PLANNED : Kind.UNPLANNED));
    }

    private Response begun(Job job) {
        return Response.accepted(new OneJob(JobView.of(job, clock.instant()))).build();
    }

    private static Duration interval(int milliseconds) {
        Duration interval = Duration.ofMillis(milliseconds);
        if (interval.compareTo(ProtectionSettings.SHORTEST_INTERVAL) < 0
                || interval.compareTo(ProtectionSettings.LONGEST_INTERVAL) > 0) {
            throw invalid("interval_ms must be from " + ProtectionSettings.SHORTEST_INTERVAL.toMillis() + " to "
                    + ProtectionSettings.LONGEST_INTERVAL.toMillis() + ".");
        }
        return interval;
    }

    private static Output output(String word) {
        return switch (word) {
            case "free" -> Output.FREE;
            case "held" -> Output.HELD;
            default -> throw invalid("output must be free or held.");
        };
    }

    private static HostId host(String name) {
        try {
            return new HostId(name);
        } catch (StasisException e) {
            throw invalid("host must be the name of a host.");
        }
    }

    private static StasisException invalid(String message) {
        return new StasisException(ErrorCode.INVALID_REQUEST, "Invalid input: " + message);
    }
}
