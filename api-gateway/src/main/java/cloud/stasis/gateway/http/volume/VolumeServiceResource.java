package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.TypeQuotaRows.OfType;
import cloud.stasis.gateway.volume.TypeQuotas;
import cloud.stasis.gateway.volume.VolumeType;
import cloud.stasis.gateway.volume.VolumeTypeCatalog;
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
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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

    private static final Map<String, List<String>> FILTERS = new TreeMap<>(Map.of(
            "volume", List.of("name", "status", "metadata", "bootable", "availability_zone"),
            "snapshot", List.of("name", "status", "volume_id", "metadata", "availability_zone"),
            "backup", List.of("name", "status", "volume_id"),
            "group", List.of("name", "status"),
            "group_snapshot", List.of("name", "status", "group_id"),
            "attachment", List.of("volume_id", "status", "instance_id"),
            "message", List.of("event_id", "resource_uuid"),
            "volume_type", List.of("is_public")));

    private final VolumeDoor door;
    private final Quotas quotas;
    private final TypeQuotas typeQuotas;
    private final VolumeTypeCatalog types;
    private final Transactions transactions;

    VolumeServiceResource(
            VolumeDoor door, Quotas quotas, TypeQuotas typeQuotas, VolumeTypeCatalog types, Transactions transactions) {
        this.door = door;
        this.quotas = quotas;
        this.typeQuotas = typeQuotas;
        this.types = types;
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

    /// What lists can be narrowed by.
    @GET
    @Path("resource_filters")
    public Map<String, Object> filters(
            @PathParam("project") String project, @QueryParam("resource") @Nullable String resource) {
        door.enter(project, VolumeAction.READ);
        door.requireVersion(3, 33);
        return Map.of(
                "resource_filters",
                FILTERS.entrySet().stream()
                        .filter(known -> resource == null || known.getKey().equals(resource))
                        .map(known -> Map.of("resource", known.getKey(), "filters", known.getValue()))
                        .toList());
    }

    @GET
    @Path("os-quota-sets/{id}")
    public Map<String, Object> quota(
            @PathParam("project") String project,
            @PathParam("id") String id,
            @QueryParam("usage") @Nullable String usage) {
        Caller caller = door.enter(project, VolumeAction.READ_QUOTAS);
        ProjectId asked = readable(caller, id);
        Map<String, Long> limits = limits(caller, asked);
        if (!"true".equalsIgnoreCase(usage)) {
            return set(asked, limits);
        }
        Map<String, Long> used = words(caller, quotas.used(asked), typeQuotas.used(asked), 0);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", asked.value());
        limits.forEach(
                (word, limit) -> body.put(word, Map.of("limit", limit, "in_use", used.get(word), "reserved", 0)));
        return Map.of("quota_set", body);
    }

    @GET
    @Path("os-quota-sets/{id}/defaults")
    public Map<String, Object> defaults(@PathParam("project") String project, @PathParam("id") String id) {
        Caller caller = door.enter(project, VolumeAction.READ_QUOTAS);
        return set(readable(caller, id), defaults(caller));
    }

    @PUT
    @Path("os-quota-sets/{id}")
    public Map<String, Object> change(
            @PathParam("project") String project, @PathParam("id") String id, @Nullable JsonNode body) {
        Caller caller = door.enter(project, VolumeAction.CHANGE_QUOTAS);
        ProjectId asked = readable(caller, id);
        JsonFields fields = JsonFields.of(body).only("quota_set").object("quota_set");
        requireKnown(fields, caller);
        Map<Resource, Long> limits = asked(fields);
        Map<OfType, Long> ofTypes = asked(fields, caller);
        transactions.run(() -> {
            quotas.override(asked, limits);
            typeQuotas.override(asked, ofTypes);
        });
        return set(asked, limits(caller, asked));
    }

    private void requireKnown(JsonFields fields, Caller caller) {
        List<String> known = new ArrayList<>(List.of("id", "tenant_id"));
        COUNTED.forEach(resource -> known.add(resource.word()));
        for (VolumeType type : types.list(caller)) {
            TypeQuotas.COUNTED.forEach(resource -> known.add(TypeQuotas.word(resource, type)));
        }
        List<String> bad =
                fields.names().stream().filter(name -> !known.contains(name)).toList();
        if (!bad.isEmpty()) {
            throw new FaultException(400, "Bad key(s) in quota set: " + Faults.shortened(String.join(",", bad)));
        }
    }

    private static Map<Resource, Long> asked(JsonFields fields) {
        Map<Resource, Long> limits = new EnumMap<>(Resource.class);
        COUNTED.forEach(resource -> limit(fields, resource.word()).ifPresent(allowed -> limits.put(resource, allowed)));
        return limits;
    }

    private Map<OfType, Long> asked(JsonFields fields, Caller caller) {
        Map<OfType, Long> limits = new HashMap<>();
        for (VolumeType type : types.list(caller)) {
            for (Resource resource : TypeQuotas.COUNTED) {
                limit(fields, TypeQuotas.word(resource, type))
                        .ifPresent(allowed -> limits.put(new OfType(type.id(), resource), allowed));
            }
        }
        return limits;
    }

    private static Optional<Long> limit(JsonFields fields, String word) {
        return fields.isMinusOne(word)
                ? Optional.of(Resource.UNLIMITED)
                : fields.optionalNumber(word).map(Integer::longValue);
    }

    @DELETE
    @Path("os-quota-sets/{id}")
    public Response reset(@PathParam("project") String project, @PathParam("id") String id) {
        ProjectId asked = readable(door.enter(project, VolumeAction.CHANGE_QUOTAS), id);
        transactions.run(() -> {
            quotas.reset(asked, COUNTED);
            typeQuotas.reset(asked);
        });
        return Response.ok().build();
    }

    /// There is one class: what every project has that was given nothing else. Any name means it.
    @GET
    @Path("os-quota-class-sets/{name}")
    public Map<String, Object> quotaClass(@PathParam("project") String project, @PathParam("name") String name) {
        Caller caller = door.enter(project, VolumeAction.CHANGE_QUOTAS);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", name);
        body.putAll(defaults(caller));
        return Map.of("quota_class_set", body);
    }

    @PUT
    @Path("os-quota-class-sets/{name}")
    public Map<String, Object> changeClass(
            @PathParam("project") String project, @PathParam("name") String name, @Nullable JsonNode body) {
        Caller caller = door.enter(project, VolumeAction.CHANGE_QUOTAS);
        JsonFields fields = JsonFields.of(body).only("quota_class_set").object("quota_class_set");
        requireKnown(fields, caller);
        Map<Resource, Long> limits = asked(fields);
        Map<OfType, Long> ofTypes = asked(fields, caller);
        transactions.run(() -> {
            quotas.changeDefaults(limits);
            typeQuotas.changeDefaults(ofTypes);
        });
        return Map.of("quota_class_set", defaults(caller));
    }

    private Map<String, Long> limits(Caller caller, ProjectId project) {
        return words(caller, quotas.limits(project), typeQuotas.limits(project), Resource.UNLIMITED);
    }

    private Map<String, Long> defaults(Caller caller) {
        return words(caller, quotas.defaults(), typeQuotas.defaults(), Resource.UNLIMITED);
    }

    /// By the words of the API: of all volumes, and of each type that the caller knows of.
    private Map<String, Long> words(Caller caller, Map<Resource, Long> all, Map<OfType, Long> ofTypes, long otherwise) {
        Map<String, Long> words = new LinkedHashMap<>();
        COUNTED.forEach(resource -> words.put(resource.word(), all.getOrDefault(resource, 0L)));
        for (VolumeType type : types.list(caller)) {
            TypeQuotas.COUNTED.forEach(resource -> words.put(
                    TypeQuotas.word(resource, type), ofTypes.getOrDefault(new OfType(type.id(), resource), otherwise)));
        }
        return words;
    }

    private static Map<String, Object> set(ProjectId project, Map<String, Long> limits) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", project.value());
        body.putAll(limits);
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
