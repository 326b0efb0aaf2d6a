package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.fleet.Backend;
import cloud.stasis.gateway.fleet.Fleet;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Storage backends as the block storage API shows them to operators: services, hosts and pools.
@Path("volume/v3/{project}")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class BackendsResource {
    private static final String BINARY = "cinder-volume";

    private final VolumeDoor door;
    private final Fleet fleet;
    private final Clock clock;

    BackendsResource(VolumeDoor door, Fleet fleet, Clock clock) {
        this.door = door;
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
        List<Map<String, Object>> hosts =
                fleet.backends().stream().map(this::host).toList();
        return Map.of("hosts", hosts);
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

    private static String service(String host) {
        return host.replaceAll("#.*", "");
    }

    private static boolean isAt(Backend backend, String host) {
        return host.equals(backend.id().value()) || host.equals(service(VolumeBody.host(backend.id())));
    }

    private Map<String, Object> service(Backend backend) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("binary", BINARY);
        body.put("host", service(VolumeBody.host(backend.id())));
        body.put("zone", VolumeBody.ZONE);
        body.put("status", "enabled");
        body.put("state", backend.isAlive(clock.instant()) ? "up" : "down");
        body.put("updated_at", VolumeBody.time(backend.lastSeen()));
        body.put("disabled_reason", null);
        return body;
    }

    private Map<String, Object> host(Backend backend) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("host_name", service(VolumeBody.host(backend.id())));
        body.put("service", BINARY);
        body.put("zone", VolumeBody.ZONE);
        body.put("service-status", backend.isAlive(clock.instant()) ? "available" : "unavailable");
        body.put("service-state", "enabled");
        body.put("last-update", VolumeBody.time(backend.lastSeen()));
        return body;
    }

    private static Map<String, Object> pool(Backend backend, boolean detailed) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", VolumeBody.host(backend.id()));
        if (detailed) {
            Map<String, Object> capabilities = new LinkedHashMap<>();
            capabilities.put("volume_backend_name", VolumeBody.BACKEND);
            capabilities.put("vendor_name", "Stasis");
            capabilities.put("driver_version", "1");
            capabilities.put("storage_protocol", "file");
            capabilities.put("total_capacity_gb", backend.total().gibRoundedUp());
            capabilities.put("free_capacity_gb", backend.free().gibRoundedUp());
            capabilities.put("reserved_percentage", 0);
            capabilities.put("QoS_support", false);
            body.put("capabilities", capabilities);
        }
        return body;
    }
}
