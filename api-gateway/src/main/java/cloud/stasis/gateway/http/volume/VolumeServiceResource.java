package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.saga.Transactions;
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

/// What clients ask of the block storage service around volumes: limits, quotas, its one zone.
@Path("volume/v3/{project}")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class VolumeServiceResource {
    /// What the block storage API counts.
    private static final List<Resource> COUNTED = List.of(
            Resource.VOLUMES,
            Resource.VOLUME_GIB,
            Resource.VOLUME_SNAPSHOTS,
            Resource.GIB_PER_VOLUME,
            Resource.VOLUME_GROUPS,
            Resource.BACKUPS,
            Resource.BACKUP_GIB);

    private final VolumeDoor door;
    private final Quotas quotas;
    private final Transactions transactions;

    VolumeServiceResource(VolumeDoor door, Quotas quotas, Transactions transactions) {
        this.door = door;
        this.quotas = quotas;
        this.transactions = transactions;
    }

    @GET
    @Path("limits")
    public Map<String, Object> limits(@PathParam("project") String project) {
        Caller caller = door.enter(project, VolumeAction.READ);
        Map<Resource, Long> limits = quotas.limits(caller.project());
        Map<Resource, Long> used = quotas.used(caller.project());
        Map<String, Object> absolute = new LinkedHashMap<>();
        absolute.put("maxTotalVolumes", limits.get(Resource.VOLUMES));
        absolute.put("maxTotalVolumeGigabytes", limits.get(Resource.VOLUME_GIB));
        absolute.put("maxTotalSnapshots", limits.get(Resource.VOLUME_SNAPSHOTS));
        absolute.put("maxTotalBackups", limits.get(Resource.BACKUPS));
        absolute.put("maxTotalBackupGigabytes", limits.get(Resource.BACKUP_GIB));
        absolute.put("totalVolumesUsed", used.getOrDefault(Resource.VOLUMES, 0L));
        absolute.put("totalGigabytesUsed", used.getOrDefault(Resource.VOLUME_GIB, 0L));
        absolute.put("totalSnapshotsUsed", used.getOrDefault(Resource.VOLUME_SNAPSHOTS, 0L));
        absolute.put("totalBackupsUsed", used.getOrDefault(Resource.BACKUPS, 0L));
        absolute.put("totalBackupGigabytesUsed", used.getOrDefault(Resource.BACKUP_GIB, 0L));
        return Map.of("limits", Map.of("rate", List.of(), "absolute", absolute));
    }

    @GET
    @Path("os-quota-sets/{id}")
    public Map<String, Object> quota(
            @PathParam("project") String project,
            @PathParam("id") String id,
            @QueryParam("usage") @Nullable String usage) {
        ProjectId asked = readable(door.enter(project, VolumeAction.READ_QUOTAS), id);
        Map<Resource, Long> limits = quotas.limits(asked);
        if (!"true".equalsIgnoreCase(usage)) {
            return set(asked, limits);
        }
        Map<Resource, Long> used = quotas.used(asked);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", asked.value());
        COUNTED.forEach(resource -> body.put(
                resource.word(),
                Map.of("limit", limits.get(resource), "in_use", used.getOrDefault(resource, 0L), "reserved", 0)));
        return Map.of("quota_set", body);
    }

    @GET
    @Path("os-quota-sets/{id}/defaults")
    public Map<String, Object> defaults(@PathParam("project") String project, @PathParam("id") String id) {
        return set(readable(door.enter(project, VolumeAction.READ_QUOTAS), id), quotas.defaults());
    }

    @PUT
    @Path("os-quota-sets/{id}")
    public Map<String, Object> change(
            @PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        ProjectId asked = readable(door.enter(project, VolumeAction.CHANGE_QUOTAS), id);
        Map<Resource, Long> limits =
                limits(JsonFields.of(body).only("quota_set").object("quota_set"));
        transactions.run(() -> quotas.override(asked, limits));
        return set(asked, quotas.limits(asked));
    }

    private static Map<Resource, Long> limits(JsonFields fields) {
        Map<Resource, Long> limits = new EnumMap<>(Resource.class);
        for (Resource resource : COUNTED) {
            if (fields.isMinusOne(resource.word())) {
                limits.put(resource, Resource.UNLIMITED);
            } else {
                fields.optionalNumber(resource.word()).ifPresent(limit -> limits.put(resource, (long) limit));
            }
        }
        return limits;
    }

    @DELETE
    @Path("os-quota-sets/{id}")
    public Response reset(@PathParam("project") String project, @PathParam("id") String id) {
        ProjectId asked = readable(door.enter(project, VolumeAction.CHANGE_QUOTAS), id);
        transactions.run(() -> quotas.reset(asked));
        return Response.ok().build();
    }

    /// There is one class: what every project has that was given nothing else. Any name means it.
    @GET
    @Path("os-quota-class-sets/{name}")
    public Map<String, Object> quotaClass(@PathParam("project") String project, @PathParam("name") String name) {
        door.enter(project, VolumeAction.CHANGE_QUOTAS);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", name);
        body.putAll(counted(quotas.defaults()));
        return Map.of("quota_class_set", body);
    }

    @PUT
    @Path("os-quota-class-sets/{name}")
    public Map<String, Object> changeClass(
            @PathParam("project") String project, @PathParam("name") String name, @Nullable JsonNode body) {
        door.enter(project, VolumeAction.CHANGE_QUOTAS);
        Map<Resource, Long> limits =
                limits(JsonFields.of(body).only("quota_class_set").object("quota_class_set"));
        transactions.run(() -> quotas.changeDefaults(limits));
        return Map.of("quota_class_set", counted(quotas.defaults()));
    }

    private static Map<String, Object> counted(Map<Resource, Long> limits) {
        Map<String, Object> body = new LinkedHashMap<>();
        COUNTED.forEach(resource -> body.put(resource.word(), limits.get(resource)));
        return body;
    }

    private static Map<String, Object> set(ProjectId project, Map<Resource, Long> limits) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", project.value());
        body.putAll(counted(limits));
        return Map.of("quota_set", body);
    }

    @GET
    @Path("os-availability-zone")
    public Map<String, Object> zones(@PathParam("project") String project) {
        door.enter(project, VolumeAction.READ);
        return Map.of(
                "availabilityZoneInfo",
                List.of(Map.of("zoneName", VolumeBody.ZONE, "zoneState", Map.of("available", true))));
    }

    @GET
    @Path("extensions")
    public Map<String, Object> extensions(@PathParam("project") String project) {
        door.enter(project, VolumeAction.READ);
        return Map.of("extensions", VolumeExtension.bodies());
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
