package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.Instances;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.gateway.fleet.Load;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Microversion;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Hosts as the compute API shows them: hypervisors and the one availability zone.
@Path("compute/v2.1")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class HostsResource {
    private final CurrentRequest request;
    private final Fleet fleet;
    private final Instances instances;
    private final Clock clock;

    HostsResource(CurrentRequest request, Fleet fleet, Instances instances, Clock clock) {
        this.request = request;
        this.fleet = fleet;
        this.instances = instances;
        this.clock = clock;
    }

    @GET
    @Path("os-hypervisors")
    public Map<String, Object> hypervisors() {
        ComputeAction.READ_HOSTS.check(request.caller());
        return Map.of("hypervisors", fleet.hosts().stream().map(this::summary).toList());
    }

    @GET
    @Path("os-hypervisors/detail")
    public Map<String, Object> hypervisorDetails() {
        ComputeAction.READ_HOSTS.check(request.caller());
        Map<?, Load> loads = instances.loads();
        return Map.of(
                "hypervisors",
                fleet.hosts().stream()
                        .map(host -> detail(host, loads.containsKey(host.id()) ? loads.get(host.id()) : Load.NONE))
                        .toList());
    }

    @GET
    @Path("os-hypervisors/statistics")
    public Map<String, Object> statistics() {
        ComputeAction.READ_HOSTS.check(request.caller());
        if (request.microversion().atLeast(2, 88)) {
            throw new FaultException(404, "The resource could not be found.");
        }
        List<Host> hosts = fleet.hosts();
        Load load = instances.loads().values().stream().reduce(Load.NONE, Load::plus);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("count", hosts.size());
        body.put("vcpus", hosts.stream().mapToInt(Host::vcpus).sum());
        body.put("vcpus_used", load.vcpus());
        body.put("running_vms", load.instances());
        long memory =
                hosts.stream().mapToLong(host -> host.memory().mibRoundedUp()).sum();
        body.put("memory_mb", memory);
        body.put("memory_mb_used", load.memory().mibRoundedUp());
        body.put("free_ram_mb", memory - load.memory().mibRoundedUp());
        long total = hosts.stream()
                .mapToLong(host -> host.diskTotal().gibRoundedUp())
                .sum();
        long free =
                hosts.stream().mapToLong(host -> host.diskFree().gibRoundedUp()).sum();
        body.put("local_gb", total);
        body.put("local_gb_used", total - free);
        body.put("free_disk_gb", free);
        body.put("disk_available_least", free);
        body.put("current_workload", 0);
        return Map.of("hypervisor_statistics", body);
    }

    @GET
    @Path("os-hypervisors/{id}")
    public Map<String, Object> hypervisor(@PathParam("id") String id) {
        ComputeAction.READ_HOSTS.check(request.caller());
        Host found = fleet.hosts().stream()
                .filter(host -> ServicesResource.uuid(host).equals(id))
                .findFirst()
                .orElseThrow(() -> new FaultException(404, "Compute host could not be found."));
        Load load = instances.loads().getOrDefault(found.id(), Load.NONE);
        return Map.of("hypervisor", detail(found, load));
    }

    @GET
    @Path("os-availability-zone")
    public Map<String, Object> zones() {
        return Map.of("availabilityZoneInfo", List.of(zone(null)));
    }

    @GET
    @Path("os-availability-zone/detail")
    public Map<String, Object> zoneDetails() {
        ComputeAction.READ_HOSTS.check(request.caller());
        Map<String, Object> hosts = new LinkedHashMap<>();
        for (Host host : fleet.hosts()) {
            hosts.put(
                    host.id().value(),
                    Map.of(
                            "nova-compute",
                            Map.of(
                                    "available", host.isAlive(now()),
                                    "active", host.service().takesServers(),
                                    "updated_at", Times.microseconds(host.lastSeen()))));
        }
        return Map.of("availabilityZoneInfo", List.of(zone(hosts)));
    }

    private static Map<String, Object> zone(@Nullable Map<String, Object> hosts) {
        Map<String, Object> zone = new LinkedHashMap<>();
        zone.put("zoneName", ServerBody.ZONE);
        zone.put("zoneState", Map.of("available", true));
        zone.put("hosts", hosts);
        return zone;
    }

    private Map<String, Object> summary(Host host) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", id(host));
        body.put("hypervisor_hostname", host.id().value());
        body.put("state", host.isAlive(now()) ? "up" : "down");
        body.put("status", ServicesResource.status(host));
        return body;
    }

    private Map<String, Object> detail(Host host, Load load) {
        Microversion version = request.microversion();
        Map<String, Object> body = summary(host);
        body.put("host_ip", host.data().getHost());
        body.put("hypervisor_type", host.hypervisor().split(" ")[0]);
        body.put("hypervisor_version", version(host.hypervisor()));
        Map<String, Object> service = new LinkedHashMap<>();
        service.put("id", id(host));
        service.put("host", host.id().value());
        service.put("disabled_reason", host.service().reason().orElse(null));
        body.put("service", service);
        if (!version.atLeast(2, 88)) {
            capacity(body, host, load);
            body.put("cpu_info", version.atLeast(2, 28) ? Map.of() : "");
        } else {
            body.put("uptime", null);
            body.put("servers", List.of());
        }
        return body;
    }

    private static void capacity(Map<String, Object> body, Host host, Load load) {
        long memory = host.memory().mibRoundedUp();
        long free = host.diskFree().gibRoundedUp();
        body.put("vcpus", host.vcpus());
        body.put("vcpus_used", load.vcpus());
        body.put("memory_mb", memory);
        body.put("memory_mb_used", load.memory().mibRoundedUp());
        body.put("free_ram_mb", memory - load.memory().mibRoundedUp());
        body.put("local_gb", host.diskTotal().gibRoundedUp());
        body.put("local_gb_used", host.diskTotal().gibRoundedUp() - free);
        body.put("free_disk_gb", free);
        body.put("disk_available_least", free);
        body.put("running_vms", load.instances());
        body.put("current_workload", 0);
    }

    private Object id(Host host) {
        return ServicesResource.id(host, request.microversion());
    }

    /// `QEMU 7.2.22` as 7002022.
    private static int version(String hypervisor) {
        int version = 0;
        for (String part : hypervisor.replaceAll("^[^0-9]*", "").split("[^0-9]+", 3)) {
            version = version * 1000 + (part.isEmpty() ? 0 : Integer.parseInt(part.replaceAll("[^0-9].*", "")));
        }
        return version;
    }

    private Instant now() {
        return clock.instant();
    }
}
