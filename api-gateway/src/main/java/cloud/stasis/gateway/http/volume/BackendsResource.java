package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.fleet.Backend;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.volume.BackendMark;
import cloud.stasis.gateway.volume.BackendUsage;
import cloud.stasis.gateway.volume.Shelf;
import cloud.stasis.gateway.volume.VolumeOffer;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Storage backends as the block storage API shows them to operators: services, hosts and pools.
@Path("volume/v3/{project}")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class BackendsResource {
    private static final String BINARY = "cinder-volume";
    /// Chooses backends; that is done here.
    private static final String SCHEDULER = "cinder-scheduler";

    private static final String SCHEDULER_HOST = "stasis-gateway";
    private static final String TOTAL = "(total)";

    private final VolumeDoor door;
    private final Fleet fleet;
    private final Shelf<BackendMark> marks;
    private final BackendUsage usage;
    private final Transactions transactions;
    private final Clock clock;

    BackendsResource(
            VolumeDoor door,
            Fleet fleet,
            Shelf<BackendMark> marks,
            BackendUsage usage,
            Transactions transactions,
            Clock clock) {
        this.usage = usage;
        this.door = door;
        this.marks = marks;
        this.transactions = transactions;
        this.fleet = fleet;
        this.clock = clock;
    }

    @GET
    @Path("os-services")
    public Map<String, Object> services(
            @PathParam("project") String project,
            @QueryParam("binary") @Nullable String binary,
            @QueryParam("host") @Nullable String host) {
        door.enter(project, VolumeAction.READ_BACKENDS);
        List<Map<String, Object>> services = fleet.backends().stream()
                .filter(backend -> binary == null || binary.equals(BINARY))
                .filter(backend -> host == null || isAt(backend, host))
                .map(this::service)
                .toList();
        return Map.of("services", services);
    }

    @GET
    @Path("os-hosts")
    public Map<String, Object> hosts(@PathParam("project") String project) {
        door.enter(project, VolumeAction.READ_BACKENDS);
        List<Map<String, Object>> hosts = new ArrayList<>();
        fleet.backends()
                .forEach(backend -> hosts.add(host(
                        BINARY,
                        service(VolumeBody.host(backend.id())),
                        backend.isAlive(clock.instant()) ? "available" : "unavailable",
                        backend.lastSeen())));
        hosts.add(host(SCHEDULER, SCHEDULER_HOST, "available", clock.instant()));
        return Map.of("hosts", hosts);
    }

    /// What projects have there, and all of them together.
    @GET
    @Path("os-hosts/{host}")
    public Map<String, Object> show(@PathParam("project") String project, @PathParam("host") String host) {
        door.enter(project, VolumeAction.READ_BACKENDS);
        Backend backend = at(host, 404);
        List<BackendUsage.Row> rows = usage.of(backend.id());
        List<Map<String, Object>> resources = new ArrayList<>();
        resources.add(resource(host, TOTAL, rows));
        rows.forEach(row -> resources.add(resource(host, row.project().value(), List.of(row))));
        return Map.of("host", resources);
    }

    @GET
    @Path("scheduler-stats/get_pools")
    public Map<String, Object> pools(
            @PathParam("project") String project, @QueryParam("detail") @Nullable String detail) {
        door.enter(project, VolumeAction.READ_BACKENDS);
        boolean detailed = "true".equalsIgnoreCase(detail);
        List<Map<String, Object>> pools = fleet.backends().stream()
                .map(backend -> pool(backend, detailed))
                .toList();
        return Map.of("pools", pools);
    }

    /// What types of volumes can ask of a backend.
    @GET
    @Path("capabilities/{host}")
    public Map<String, Object> capabilities(@PathParam("project") String project, @PathParam("host") String host) {
        door.enter(project, VolumeAction.READ_BACKENDS);
        Backend backend = at(service(host), 404);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("namespace", "OS::Storage::Capabilities::" + service(VolumeBody.host(backend.id())));
        body.putAll(VolumeOffer.said(backend));
        body.put("pool_name", VolumeBody.BACKEND);
        body.put("display_name", "Capabilities of Stasis volumes");
        body.put("description", "Snapshots of volumes in use, revert to any of them, copies that share what they can.");
        body.put("visibility", "public");
        body.put("replication_targets", List.of());
        body.put("properties", Map.of());
        return body;
    }

    @PUT
    @Path("os-services/enable")
    @Consumes(MediaType.APPLICATION_JSON)
    public Map<String, Object> enable(@PathParam("project") String project, @Nullable JsonNode body) {
        door.enter(project, VolumeAction.CHANGE_BACKENDS);
        Backend backend = named(JsonFields.of(body), 404);
        transactions.run(() -> marks.remove(BackendMark.keyOf(backend.id())));
        return marked(backend, "enabled", Optional.empty());
    }

    @PUT
    @Path("os-services/disable")
    @Consumes(MediaType.APPLICATION_JSON)
    public Map<String, Object> disable(@PathParam("project") String project, @Nullable JsonNode body) {
        return disable(project, JsonFields.of(body), Optional.empty());
    }

    @PUT
    @Path("os-services/disable-log-reason")
    @Consumes(MediaType.APPLICATION_JSON)
    public Map<String, Object> disableWithReason(@PathParam("project") String project, @Nullable JsonNode body) {
        JsonFields fields = JsonFields.of(body);
        return disable(project, fields, Optional.of(fields.text("disabled_reason", Metadata.MAX_TEXT)));
    }

    private Map<String, Object> disable(String project, JsonFields fields, Optional<String> reason) {
        Caller caller = door.enter(project, VolumeAction.CHANGE_BACKENDS);
        Backend backend = named(fields, 404);
        BackendMark mark = new BackendMark(
                BackendMark.keyOf(backend.id()), caller.project(), backend.id(), reason, clock.instant());
        transactions.run(() -> {
            if (marks.lock(mark.key()).isPresent()) {
                marks.save(mark);
            } else {
                marks.add(mark);
            }
        });
        return marked(backend, "disabled", reason);
    }

    private static Map<String, Object> marked(Backend backend, String status, Optional<String> reason) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("host", service(VolumeBody.host(backend.id())));
        body.put("service", BINARY);
        body.put("binary", BINARY);
        body.put("disabled", status.equals("disabled"));
        body.put("status", status);
        reason.ifPresent(text -> body.put("disabled_reason", text));
        return body;
    }

    /// Nothing is replicated, so there is nothing to freeze.
    @PUT
    @Path("os-services/{action:freeze|thaw}")
    @Consumes(MediaType.APPLICATION_JSON)
    public void freeze(
            @PathParam("project") String project, @PathParam("action") String action, @Nullable JsonNode body) {
        door.enter(project, VolumeAction.CHANGE_BACKENDS);
        named(JsonFields.of(body), 400);
        throw new FaultException(501, "Backends are not replicated by this cloud: disable them instead.");
    }

    private Backend named(JsonFields fields, int otherwise) {
        String host = fields.text("host", Metadata.MAX_TEXT);
        boolean known = fields.optionalText("binary", Metadata.MAX_TEXT)
                .or(() -> fields.optionalText("service", Metadata.MAX_TEXT))
                .map(BINARY::equals)
                .orElse(true);
        if (!known) {
            throw unknown(host, otherwise);
        }
        return at(host, otherwise);
    }

    private Backend at(String host, int otherwise) {
        return fleet.backends().stream()
                .filter(backend -> isAt(backend, host))
                .findFirst()
                .orElseThrow(() -> unknown(host, otherwise));
    }

    private static FaultException unknown(String host, int status) {
        return new FaultException(status, "Service " + Faults.shortened(host) + " could not be found.");
    }

    private static String service(String host) {
        return host.replaceAll("#.*", "");
    }

    static boolean isAt(Backend backend, String host) {
        return host.equals(backend.id().value()) || host.equals(service(VolumeBody.host(backend.id())));
    }

    private Map<String, Object> service(Backend backend) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("binary", BINARY);
        body.put("host", service(VolumeBody.host(backend.id())));
        body.put("zone", VolumeBody.ZONE);
        Optional<BackendMark> mark = marks.find(BackendMark.keyOf(backend.id()));
        body.put("status", mark.isPresent() ? "disabled" : "enabled");
        body.put("state", backend.isAlive(clock.instant()) ? "up" : "down");
        body.put("updated_at", VolumeBody.time(backend.lastSeen()));
        body.put("disabled_reason", mark.flatMap(BackendMark::reason).orElse(null));
        return body;
    }

    private static Map<String, Object> host(String binary, String name, String status, Instant seen) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("host_name", name);
        body.put("service", binary);
        body.put("zone", VolumeBody.ZONE);
        body.put("service-status", status);
        body.put("service-state", "enabled");
        body.put("last-update", VolumeBody.time(seen));
        return body;
    }

    private static Map<String, Object> resource(String host, String project, List<BackendUsage.Row> rows) {
        Map<String, Object> resource = new LinkedHashMap<>();
        resource.put("host", host);
        resource.put("project", project);
        resource.put("volume_count", sum(rows, BackendUsage.Row::volumes));
        resource.put("total_volume_gb", sum(rows, row -> row.volumeSize().gibRoundedUp()));
        resource.put("snapshot_count", sum(rows, BackendUsage.Row::snapshots));
        resource.put("total_snapshot_gb", sum(rows, row -> row.snapshotSize().gibRoundedUp()));
        return Map.of("resource", resource);
    }

    private static String sum(List<BackendUsage.Row> rows, ToLongFunction<BackendUsage.Row> part) {
        return Long.toString(rows.stream().mapToLong(part).sum());
    }

    private static Map<String, Object> pool(Backend backend, boolean detailed) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", VolumeBody.host(backend.id()));
        if (detailed) {
            Map<String, Object> capabilities = new LinkedHashMap<>(VolumeOffer.said(backend));
            capabilities.put("total_capacity_gb", backend.total().gibRoundedUp());
            capabilities.put("free_capacity_gb", backend.free().gibRoundedUp());
            capabilities.put("reserved_percentage", 0);
            capabilities.put("QoS_support", false);
            body.put("capabilities", capabilities);
        }
        return body;
    }
}
