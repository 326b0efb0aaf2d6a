package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// How many a project may have of what no other API has a limit for.
@Path("snapshot/v1/quotas")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "quotas", description = "How many snapshots, policies, protections and images a project may have")
public class QuotasResource {
    private static final List<Resource> COUNTED =
            List.of(Resource.SNAPSHOTS, Resource.SNAPSHOT_POLICIES, Resource.PROTECTIONS, Resource.IMAGES);

    private final CurrentRequest request;
    private final Quotas quotas;
    private final Transactions transactions;

    QuotasResource(CurrentRequest request, Quotas quotas, Transactions transactions) {
        this.request = request;
        this.quotas = quotas;
        this.transactions = transactions;
    }

    /// @param limit -1 for none
    public record Quota(long limit, long used) {}

    /// @param snapshots of servers; safety snapshots are not counted
    public record QuotaView(
            String project,
            Quota snapshots,
            @JsonProperty("snapshot_policies") Quota policies,
            Quota protections,
            Quota images) {}

    public record OneQuota(QuotaView quotas) {}

    /// The body of [#limit], for its description. What is not said stays; -1 for no limit.
    public record Limits(
            @Schema(minimum = "-1") int snapshots,

            @JsonProperty("snapshot_policies") @Schema(minimum = "-1")
            int policies,

            @Schema(minimum = "-1") int protections,

            @Schema(minimum = "-1") int images) {}

    @GET
    @Operation(summary = "Show how many snapshots, policies, protections and images the project has, and may have")
    public OneQuota show() {
        Caller caller = request.caller();
        SnapshotAction.READ.check(caller);
        return quota(caller.project());
    }

    @GET
    @Path("{project}")
    @Operation(summary = "Show how many snapshots, policies, protections and images a project has, and may have")
    public OneQuota show(@PathParam("project") String project) {
        SnapshotAction.OPERATE.check(request.caller());
        return quota(known(project));
    }

    @PUT
    @Path("{project}")
    @Operation(summary = "Say how many snapshots, policies, protections and images a project may have; -1 for no limit")
    @RequestBody(content = @Content(schema = @Schema(implementation = Limits.class)))
    public OneQuota limit(@PathParam("project") String id, @Nullable JsonNode body) {
        SnapshotAction.OPERATE.check(request.caller());
        ProjectId project = known(id);
        Map<Resource, Long> limits = LimitsBody.read(body, COUNTED);
        transactions.run(() -> quotas.override(project, limits));
        return quota(project);
    }

    @DELETE
    @Path("{project}")
    @Operation(summary = "Give a project the limits that every project has")
    public OneQuota reset(@PathParam("project") String id) {
        SnapshotAction.OPERATE.check(request.caller());
        ProjectId project = known(id);
        transactions.run(() -> quotas.reset(project, COUNTED));
        return quota(project);
    }

    private OneQuota quota(ProjectId project) {
        Map<Resource, Long> limits = quotas.limits(project);
        Map<Resource, Long> used = quotas.used(project);
        return new OneQuota(new QuotaView(
                project.value(),
                quota(Resource.SNAPSHOTS, limits, used),
                quota(Resource.SNAPSHOT_POLICIES, limits, used),
                quota(Resource.PROTECTIONS, limits, used),
                quota(Resource.IMAGES, limits, used)));
    }

    private static Quota quota(Resource resource, Map<Resource, Long> limits, Map<Resource, Long> used) {
        return new Quota(limits.getOrDefault(resource, resource.standard()), used.getOrDefault(resource, 0L));
    }

    private static ProjectId known(String text) {
        return PathId.of(text, ProjectId::new, ErrorCode.OBJECT_NOT_FOUND);
    }
}
