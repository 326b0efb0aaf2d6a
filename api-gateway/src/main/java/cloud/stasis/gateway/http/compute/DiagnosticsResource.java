package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.Instance;
import cloud.stasis.gateway.compute.Servers;
import cloud.stasis.gateway.fleet.Fleet;
import cloud.stasis.gateway.fleet.Host;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.messages.ComputeCommand.NicSpec;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.StasisException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// What a running machine is made of. Its counters are null, which this API has for what is not known: the gateway
/// asks hosts for nothing when somebody reads.
@Path("compute/v2.1/servers/{id}/diagnostics")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class DiagnosticsResource {
    private static final List<String> OF_DISKS =
            List.of("read_bytes", "read_requests", "write_bytes", "write_requests", "errors_count");
    private static final List<String> OF_NICS = List.of(
            "rx_octets",
            "rx_packets",
            "rx_drop",
            "rx_errors",
            "rx_rate",
            "tx_octets",
            "tx_packets",
            "tx_drop",
            "tx_errors",
            "tx_rate");

    private final CurrentRequest request;
    private final Servers servers;
    private final Fleet fleet;

    DiagnosticsResource(CurrentRequest request, Servers servers, Fleet fleet) {
        this.request = request;
        this.servers = servers;
        this.fleet = fleet;
    }

    @GET
    public Map<String, Object> show(@PathParam("id") String id) {
        ComputeAction.READ_DIAGNOSTICS.check(request.caller());
        Instance server = servers.show(request.caller(), ServersResource.id(id));
        if (!server.state().power().equals(Optional.of(PowerState.RUNNING))) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "Cannot 'get_diagnostics' instance " + server.id() + " while it is in vm_state "
                            + server.state().vmState());
        }
        // Before it was the same for all drivers, libvirt's had this and counters, in KiB.
        return request.microversion().atLeast(2, 48)
                ? body(server)
                : Map.of("memory", server.spec().memory().mibRoundedUp() * 1024);
    }

    private Map<String, Object> body(Instance server) {
        int vcpus = server.spec().vcpus();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("state", "running");
        body.put("driver", "libvirt");
        body.put(
                "hypervisor",
                server.host().flatMap(fleet::find).map(Host::virtType).orElse(null));
        body.put("hypervisor_os", "linux");
        body.put("uptime", null);
        body.put("config_drive", false);
        body.put("num_cpus", vcpus);
        body.put("num_disks", server.spec().disks().size());
        body.put("num_nics", server.spec().nics().size());
        Map<String, Object> memory = new LinkedHashMap<>();
        memory.put("maximum", server.spec().memory().mibRoundedUp());
        memory.put("used", null);
        body.put("memory_details", memory);
        body.put(
                "cpu_details",
                IntStream.range(0, vcpus)
                        .mapToObj(number -> unknown(Map.of("id", number), List.of("time", "utilisation")))
                        .toList());
        body.put(
                "disk_details",
                server.spec().disks().stream()
                        .map(_ -> unknown(Map.of(), OF_DISKS))
                        .toList());
        body.put(
                "nic_details",
                server.spec().nics().stream().map(DiagnosticsResource::nic).toList());
        return body;
    }

    private static Map<String, Object> nic(NicSpec nic) {
        return unknown(Map.of("mac_address", nic.mac().toString()), OF_NICS);
    }

    private static Map<String, Object> unknown(Map<String, Object> known, List<String> counters) {
        Map<String, Object> body = new LinkedHashMap<>(known);
        counters.forEach(counter -> body.put(counter, null));
        return Collections.unmodifiableMap(body);
    }
}
