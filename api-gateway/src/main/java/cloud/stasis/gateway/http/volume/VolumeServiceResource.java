package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What clients ask of the block storage service around volumes: limits, quotas, its one zone; no types so far.
@Path("volume/v3/{project}")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class VolumeServiceResource {
    private final CurrentRequest request;
    private final Quotas quotas;

    VolumeServiceResource(CurrentRequest request, Quotas quotas) {
        this.request = request;
        this.quotas = quotas;
    }

    @GET
    @Path("limits")
    public Map<String, Object> limits(@PathParam("project") String project) {
        Caller caller = caller(project);
        Map<Resource, Long> limits = quotas.limits(caller.project());
        Map<Resource, Long> used = quotas.used(caller.project());
        Map<String, Object> absolute = new LinkedHashMap<>();
        absolute.put("maxTotalVolumes", limits.get(Resource.VOLUMES));
        absolute.put("maxTotalVolumeGigabytes", limits.get(Resource.VOLUME_GIB));
        absolute.put("maxTotalSnapshots", 0);
        absolute.put("maxTotalBackups", 0);
        absolute.put("maxTotalBackupGigabytes", 0);
        absolute.put("totalVolumesUsed", used.get(Resource.VOLUMES));
        absolute.put("totalGigabytesUsed", used.get(Resource.VOLUME_GIB));
        absolute.put("totalSnapshotsUsed", 0);
        absolute.put("totalBackupsUsed", 0);
        absolute.put("totalBackupGigabytesUsed", 0);
        return Map.of("limits", Map.of("rate", List.of(), "absolute", absolute));
    }

    @GET
    @Path("os-quota-sets/{id}")
    public Map<String, Object> quota(
            @PathParam("project") String project,
            @PathParam("id") String id,
            @QueryParam("usage") @Nullable String usage) {
        Caller caller = caller(project);
        ProjectId asked = readable(caller, id);
        Map<Resource, Long> limits = quotas.limits(asked);
        Map<Resource, Long> used = quotas.used(asked);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", asked.value());
        for (Resource resource : List.of(Resource.VOLUMES, Resource.VOLUME_GIB)) {
            body.put(
                    resource.word(),
                    "true".equalsIgnoreCase(usage)
                            ? Map.of("limit", limits.get(resource), "in_use", used.get(resource), "reserved", 0)
                            : limits.get(resource));
        }
        return Map.of("quota_set", body);
    }

    @GET
    @Path("os-availability-zone")
    public Map<String, Object> zones(@PathParam("project") String project) {
        caller(project);
        return Map.of(
                "availabilityZoneInfo",
                List.of(Map.of("zoneName", VolumeBody.ZONE, "zoneState", Map.of("available", true))));
    }

    @GET
    @Path("types")
    public Map<String, Object> types(@PathParam("project") String project) {
        caller(project);
        return Map.of("volume_types", List.of());
    }

    @GET
    @Path("extensions")
    public Map<String, Object> extensions(@PathParam("project") String project) {
        caller(project);
        return Map.of("extensions", List.of());
    }

    private Caller caller(String project) {
        Caller caller = request.caller();
        if (!project.equals(caller.project().value())) {
            throw new FaultException(400, "Malformed request url");
        }
        return caller;
    }

    private static ProjectId readable(Caller caller, String id) {
        try {
            ProjectId project = new ProjectId(id);
            if (caller.isAdmin() || project.equals(caller.project())) {
                return project;
            }
        } catch (StasisException e) {
            throw new FaultException(404, "The resource could not be found.");
        }
        throw new FaultException(403, "Policy doesn't allow volume_extension:quotas:show to be performed.");
    }
}
