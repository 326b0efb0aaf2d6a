package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.Profile;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.Microversion;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.model.ProjectId;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How much a project may have, and has, in one look.
@Path("compute/v2.1")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class LimitsResource {
    private final CurrentRequest request;
    private final Quotas quotas;

    LimitsResource(CurrentRequest request, Quotas quotas) {
        this.request = request;
        this.quotas = quotas;
    }

    @GET
    @Path("limits")
    public Map<String, Object> limits(@QueryParam("tenant_id") @Nullable String tenant) {
        ProjectId project = tenant == null || tenant.isEmpty()
                ? request.caller().project()
                : QuotaSetsResource.readable(request.caller(), tenant);
        Map<Resource, Long> limits = quotas.limits(project);
        Map<Resource, Long> used = quotas.used(project);
        Map<String, Object> absolute = new LinkedHashMap<>();
        absolute.put("maxTotalInstances", limits.get(Resource.INSTANCES));
        absolute.put("maxTotalCores", limits.get(Resource.CORES));
        absolute.put("maxTotalRAMSize", limits.get(Resource.MEMORY_MIB));
        absolute.put("maxServerMeta", Profile.MAX_METADATA);
        absolute.put("maxTotalKeypairs", limits.get(Resource.KEYPAIRS));
        absolute.put("totalInstancesUsed", used.getOrDefault(Resource.INSTANCES, 0L));
        absolute.put("totalCoresUsed", used.getOrDefault(Resource.CORES, 0L));
        absolute.put("totalRAMUsed", used.getOrDefault(Resource.MEMORY_MIB, 0L));
        absolute.put("maxServerGroups", limits.get(Resource.SERVER_GROUPS));
        absolute.put("maxServerGroupMembers", Resource.UNLIMITED);
        absolute.put("totalServerGroupsUsed", used.getOrDefault(Resource.SERVER_GROUPS, 0L));
        Microversion version = request.microversion();
        if (!version.atLeast(2, 39)) {
            absolute.put("maxImageMeta", Profile.MAX_METADATA);
        }
        if (!version.atLeast(2, 36)) {
            absolute.put("maxSecurityGroups", -1);
            absolute.put("maxSecurityGroupRules", -1);
            absolute.put("totalSecurityGroupsUsed", 0);
            absolute.put("maxTotalFloatingIps", -1);
            absolute.put("totalFloatingIpsUsed", 0);
        }
        if (!version.atLeast(2, 57)) {
            absolute.put("maxPersonality", 0);
            absolute.put("maxPersonalitySize", 0);
        }
        return Map.of("limits", Map.of("rate", List.of(), "absolute", absolute));
    }

    @GET
    @Path("extensions")
    public Map<String, Object> extensions() {
        return Map.of("extensions", List.of());
    }
}
