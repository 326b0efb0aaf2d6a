package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.Profile;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.Microversion;
import cloud.stasis.gateway.identity.Caller;
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
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Limits of a project, and those of projects without limits of their own: shown, set, and taken back.
@Path("compute/v2.1")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class QuotaSetsResource {
    /// What the compute API counts.
    private static final List<Resource> COUNTED =
            List.of(Resource.INSTANCES, Resource.CORES, Resource.MEMORY_MIB, Resource.KEYPAIRS, Resource.SERVER_GROUPS);

    /// What this API has limits for and this cloud has not, by the version from which on it has none either.
    private static final List<String> OF_NETWORKS =
            List.of("fixed_ips", "floating_ips", "security_groups", "security_group_rules");

    private static final List<String> OF_FILES =
            List.of("injected_files", "injected_file_content_bytes", "injected_file_path_bytes");

    /// Never changed by anybody.
    private static final List<String> FIXED = List.of("metadata_items", "server_group_members");

    private final CurrentRequest request;
    private final Quotas quotas;
    private final Transactions transactions;

    QuotaSetsResource(CurrentRequest request, Quotas quotas, Transactions transactions) {
        this.request = request;
        this.quotas = quotas;
        this.transactions = transactions;
    }

    @GET
    @Path("os-quota-sets/{project}")
    public Map<String, Object> show(@PathParam("project") String id) {
        ProjectId project = readable(request.caller(), id);
        return set(project, quotas.limits(project));
    }

    @GET
    @Path("os-quota-sets/{project}/defaults")
    public Map<String, Object> defaults(@PathParam("project") String project) {
        return set(readable(request.caller(), project), quotas.defaults());
    }

    @GET
    @Path("os-quota-sets/{project}/detail")
    public Map<String, Object> detail(@PathParam("project") String id) {
        ProjectId project = readable(request.caller(), id);
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

    /// A limit below what is used already is refused unless it is forced: nothing is taken away by it.
    @PUT
    @Path("os-quota-sets/{project}")
    public Map<String, Object> change(@PathParam("project") String id, @Nullable JsonNode body) {
        ComputeAction.CHANGE_QUOTAS.check(request.caller());
        ProjectId project = project(id);
        JsonFields fields = JsonFields.of(body).only("quota_set").object("quota_set");
        Map<Resource, Long> limits = asked(fields, "force");
        boolean forced = fields.optionalLooseFlag("force").orElse(false);
        transactions.run(() -> {
            if (!forced) {
                requireEnough(project, limits);
            }
            quotas.override(project, limits);
        });
        return set(project, quotas.limits(project));
    }

    private void requireEnough(ProjectId project, Map<Resource, Long> limits) {
        Map<Resource, Long> used = quotas.used(project);
        limits.forEach((resource, limit) -> {
            long have = used.getOrDefault(resource, 0L);
            if (limit != Resource.UNLIMITED && limit < have) {
                throw new FaultException(
                        400,
                        "Quota limit " + limit + " for " + resource.word()
                                + " must be greater than or equal to already used and reserved " + have + ".");
            }
        });
    }

    @DELETE
    @Path("os-quota-sets/{project}")
    public Response reset(@PathParam("project") String id) {
        ComputeAction.CHANGE_QUOTAS.check(request.caller());
        ProjectId project = project(id);
        transactions.run(() -> quotas.reset(project, COUNTED));
        return Response.accepted().build();
    }

    /// There is one class: what every project has that was given nothing else. Any name means it.
    @GET
    @Path("os-quota-class-sets/{name}")
    public Map<String, Object> quotaClass(@PathParam("name") String name) {
        ComputeAction.READ_QUOTA_CLASSES.check(request.caller());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", name);
        body.putAll(ofClass());
        return Map.of("quota_class_set", body);
    }

    @PUT
    @Path("os-quota-class-sets/{name}")
    public Map<String, Object> changeClass(@PathParam("name") String name, @Nullable JsonNode body) {
        ComputeAction.CHANGE_QUOTA_CLASSES.check(request.caller());
        Map<Resource, Long> limits =
                asked(JsonFields.of(body).only("quota_class_set").object("quota_class_set"));
        transactions.run(() -> quotas.changeDefaults(limits));
        return Map.of("quota_class_set", ofClass());
    }

    private Map<Resource, Long> asked(JsonFields fields, String... others) {
        Microversion version = request.microversion();
        List<String> known = new ArrayList<>(FIXED);
        known.addAll(List.of(others));
        COUNTED.forEach(resource -> known.add(resource.word()));
        if (!version.atLeast(2, 36)) {
            known.addAll(OF_NETWORKS);
        }
        if (!version.atLeast(2, 57)) {
            known.addAll(OF_FILES);
        }
        fields.only(known.toArray(String[]::new));
        Map<Resource, Long> limits = new EnumMap<>(Resource.class);
        for (Resource resource : COUNTED) {
            fields.optionalInteger(resource.word()).ifPresent(limit -> {
                if (limit < Resource.UNLIMITED) {
                    throw new FaultException(
                            400, "Invalid input for field/attribute " + resource.word() + ": -1 or more.");
                }
                limits.put(resource, (long) limit);
            });
        }
        return limits;
    }

    private Map<String, Object> set(ProjectId project, Map<Resource, Long> limits) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", project.value());
        body.putAll(words(limits, request.microversion(), 36));
        return Map.of("quota_set", body);
    }

    private Map<String, Object> ofClass() {
        return words(quotas.defaults(), request.microversion(), 50);
    }

    /// @param withoutNetworks the minor version from which on there is nothing of networks in it
    private static Map<String, Object> words(Map<Resource, Long> limits, Microversion version, int withoutNetworks) {
        Map<String, Object> words = new LinkedHashMap<>();
        COUNTED.forEach(resource -> words.put(resource.word(), limits.get(resource)));
        words.put("metadata_items", Profile.MAX_METADATA);
        words.put("server_group_members", Resource.UNLIMITED);
        if (!version.atLeast(2, withoutNetworks)) {
            OF_NETWORKS.forEach(word -> words.put(word, Resource.UNLIMITED));
        }
        if (!version.atLeast(2, 57)) {
            OF_FILES.forEach(word -> words.put(word, 0));
        }
        return words;
    }

    static ProjectId readable(Caller caller, String text) {
        ComputeAction.READ_QUOTAS.check(caller);
        ProjectId project = project(text);
        if (!caller.isAdmin() && !project.equals(caller.project())) {
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
