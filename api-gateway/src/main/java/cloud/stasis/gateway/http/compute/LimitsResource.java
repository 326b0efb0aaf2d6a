package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.Profile;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.Microversion;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How much a project may have, and has.
@Path("compute/v2.1")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class LimitsResource {
    /// What the compute API counts.
    private static final List<Resource> COUNTED =
            List.of(Resource.INSTANCES, Resource.CORES, Resource.MEMORY_MIB, Resource.KEYPAIRS, Resource.SERVER_GROUPS);

    private final CurrentRequest request;
    private final Quotas quotas;
    private final Transactions transactions;

    LimitsResource(CurrentRequest request, Quotas quotas, Transactions transactions) {
        this.request = request;
        this.quotas = quotas;
        this.transactions = transactions;
    }

    @GET
    @Path("limits")
    public Map<String, Object> limits(@QueryParam("tenant_id") @Nullable String tenant) {
        ProjectId project =
                tenant == null || tenant.isEmpty() ? request.caller().project() : readable(tenant);
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
    @Path("os-quota-sets/{project}")
    public Map<String, Object> show(@PathParam("project") String project) {
        return set(readable(project), quotas.limits(readable(project)));
    }

    @GET
    @Path("os-quota-sets/{project}/defaults")
    public Map<String, Object> defaults(@PathParam("project") String project) {
        return set(readable(project), quotas.defaults());
    }

    @GET
    @Path("os-quota-sets/{project}/detail")
    public Map<String, Object> detail(@PathParam("project") String id) {
        ProjectId project = readable(id);
        Map<Resource, Long> used = quotas.used(project);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", project.value());
        quotas.limits(project).forEach((resource, limit) -> {
            if (COUNTED.contains(resource)) {
                body.put(
                        resource.word(),
                        Map.of("limit", limit, "in_use", used.getOrDefault(resource, 0L), "reserved", 0));
            }
        });
        body.put("metadata_items", Map.of("limit", Profile.MAX_METADATA, "in_use", 0, "reserved", 0));
        body.put("server_group_members", Map.of("limit", Resource.UNLIMITED, "in_use", 0, "reserved", 0));
        return Map.of("quota_set", body);
    }

    @PUT
    @Path("os-quota-sets/{project}")
    public Map<String, Object> change(@PathParam("project") String id, @Nullable JsonNode body) {
        ComputeAction.CHANGE_QUOTAS.check(request.caller());
        ProjectId project = project(id);
        JsonFields fields = JsonFields.of(body).only("quota_set").object("quota_set");
        Map<Resource, Long> limits = new EnumMap<>(Resource.class);
        for (Resource resource : COUNTED) {
            if (fields.isMinusOne(resource.word())) {
                limits.put(resource, Resource.UNLIMITED);
            } else {
                fields.optionalNumber(resource.word()).ifPresent(limit -> limits.put(resource, (long) limit));
            }
        }
        transactions.run(() -> quotas.override(project, limits));
        return set(project, quotas.limits(project));
    }

    @DELETE
    @Path("os-quota-sets/{project}")
    public Response reset(@PathParam("project") String id) {
        ComputeAction.CHANGE_QUOTAS.check(request.caller());
        ProjectId project = project(id);
        transactions.run(() -> quotas.reset(project, COUNTED));
        return Response.accepted().build();
    }

    @GET
    @Path("extensions")
    public Map<String, Object> extensions() {
        return Map.of("extensions", List.of());
    }

    private Map<String, Object> set(ProjectId project, Map<Resource, Long> limits) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", project.value());
        COUNTED.forEach(resource -> body.put(resource.word(), limits.get(resource)));
        body.put("metadata_items", Profile.MAX_METADATA);
        body.put("server_group_members", Resource.UNLIMITED);
        Microversion version = request.microversion();
        if (!version.atLeast(2, 36)) {
            body.put("fixed_ips", -1);
            body.put("floating_ips", -1);
            body.put("security_groups", -1);
            body.put("security_group_rules", -1);
        }
        if (!version.atLeast(2, 57)) {
            body.put("injected_files", 0);
            body.put("injected_file_content_bytes", 0);
            body.put("injected_file_path_bytes", 0);
        }
        return Map.of("quota_set", body);
    }

    private ProjectId readable(String text) {
        ComputeAction.READ_QUOTAS.check(request.caller());
        ProjectId project = project(text);
        if (!request.caller().isAdmin() && !project.equals(request.caller().project())) {
            throw new FaultException(403, "Policy doesn't allow os_compute_api:os-quota-sets:show to be performed.");
        }
        return project;
    }

    private static ProjectId project(String text) {
        try {
            return new ProjectId(text);
        } catch (StasisException e) {
            throw new StasisException(ErrorCode.OBJECT_NOT_FOUND, "Project could not be found.", e);
        }
    }
}
