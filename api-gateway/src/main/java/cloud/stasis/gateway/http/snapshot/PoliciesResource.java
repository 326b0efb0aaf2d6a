package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.http.snapshot.PolicyView.Kept;
import cloud.stasis.gateway.http.snapshot.PolicyView.ResultView;
import cloud.stasis.gateway.http.snapshot.PolicyView.Selection;
import cloud.stasis.gateway.http.snapshot.Replies.ManyPolicies;
import cloud.stasis.gateway.http.snapshot.Replies.ManyResults;
import cloud.stasis.gateway.http.snapshot.Replies.OnePolicy;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.policy.Policies;
import cloud.stasis.gateway.policy.PolicyId;
import cloud.stasis.gateway.policy.PolicyTimer;
import cloud.stasis.gateway.policy.SnapshotPolicy;
import cloud.stasis.gateway.policy.SnapshotPolicy.Standing;
import cloud.stasis.model.ErrorCode;
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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// Backups by policy.
@Path("snapshot/v1/policies")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "policies", description = "What is kept of which servers and volumes, when, and for how long")
public class PoliciesResource {
    private static final int SHOWN_RESULTS = 100;

    private final CurrentRequest request;
    private final Policies policies;
    private final PolicyTimer timer;

    PoliciesResource(CurrentRequest request, Policies policies, PolicyTimer timer) {
        this.request = request;
        this.policies = policies;
        this.timer = timer;
    }

    /// The body of [#create], for its description. One of `server`, `volume`, `servers` and `volumes` says what
    /// the policy takes, and one of `interval` and `cron` when.
    ///
    /// @param action `snapshot` if not said; `backup` is of volumes
    /// @param memory with the memory of servers; false if not said
    /// @param interval as `PT6H`, at least 5 minutes
    /// @param cron minute, hour, day, month, day of the week
    /// @param timezone `UTC` if not said
    /// @param retention everything stays if not said
    /// @param enabled true if not said
    @Schema(requiredProperties = "name")
    public record NewPolicy(
            String name,
            String server,
            String volume,
            Selection servers,
            Selection volumes,
            @Schema(enumeration = {"snapshot", "backup"}) String action,
            boolean memory,

            @Schema(enumeration = {"require", "prefer", "none"})
            String consistency,

            String interval,
            String cron,
            String timezone,
            Kept retention,
            boolean enabled) {}

    @POST
    @Operation(summary = "Make a policy")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewPolicy.class)))
    @APIResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = OnePolicy.class)))
    public Response create(@Nullable JsonNode body) {
        Caller caller = writer();
        JsonFields fields = JsonFields.of(body)
                .only(
                        "name",
                        "server",
                        "volume",
                        "servers",
                        "volumes",
                        "action",
                        "memory",
                        "consistency",
                        "interval",
                        "cron",
                        "timezone",
                        "retention",
                        "enabled");
        Standing standing = fields.optionalFlag("enabled").orElse(true) ? Standing.ON : Standing.OFF;
        SnapshotPolicy made = policies.create(caller, PolicyTerms.of(fields), standing);
        return Response.status(Response.Status.CREATED)
                .entity(new OnePolicy(PolicyView.of(made)))
                .build();
    }

    @GET
    @Operation(summary = "List the policies of the project, oldest first")
    public ManyPolicies list() {
        return new ManyPolicies(
                policies.list(reader()).stream().map(PolicyView::of).toList());
    }

    @GET
    @Path("{id}")
    @Operation(summary = "Show a policy and what came of its runs, newest first")
    public OnePolicy show(@PathParam("id") String id) {
        Caller caller = reader();
        SnapshotPolicy policy = policies.show(caller, id(id));
        return new OnePolicy(PolicyView.of(policy, policies.results(caller, policy.id(), SHOWN_RESULTS)));
    }

    /// The body of [#change], for its description. What is not said stays as it is.
    public record PolicyChange(
            String name, String interval, String cron, String timezone, Kept retention, boolean enabled) {}

    @PUT
    @Path("{id}")
    @Operation(summary = "Change when a policy is due and what it keeps, or switch it on or off")
    @RequestBody(content = @Content(schema = @Schema(implementation = PolicyChange.class)))
    public OnePolicy change(@PathParam("id") String id, @Nullable JsonNode body) {
        Caller caller = writer();
        PolicyId policy = id(id);
        JsonFields fields = JsonFields.of(body).only("name", "interval", "cron", "timezone", "retention", "enabled");
        return new OnePolicy(PolicyView.of(policies.change(
                caller,
                policy,
                before -> PolicyTerms.changed(fields, before),
                fields.optionalFlag("enabled").map(on -> on ? Standing.ON : Standing.OFF))));
    }

    @DELETE
    @Path("{id}")
    @Operation(summary = "Delete a policy; what it made stays")
    @APIResponse(responseCode = "204")
    public void delete(@PathParam("id") String id) {
        policies.delete(writer(), id(id));
    }

    @POST
    @Path("{id}/run")
    @Operation(summary = "Let a policy run now", description = "Its jobs begin within moments; show it to follow them")
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = ManyResults.class)))
    public Response run(@PathParam("id") String id) {
        var entered = policies.run(writer(), id(id));
        timer.wake();
        return Response.accepted(
                        new ManyResults(entered.stream().map(ResultView::of).toList()))
                .build();
    }

    private Caller reader() {
        SnapshotAction.READ.check(request.caller());
        return request.caller();
    }

    private Caller writer() {
        SnapshotAction.CHANGE.check(request.caller());
        return request.caller();
    }

    private static PolicyId id(String text) {
        return PathId.of(text, PolicyId::parse, ErrorCode.OBJECT_NOT_FOUND);
    }
}
