package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.device.Network;
import cloud.stasis.gateway.device.Networks;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.Map;

/// The operator's networks, as nova-network showed them: clients look here where a cloud has no network service.
@Path("compute/v2.1/os-networks")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class NetworksResource {
    private final CurrentRequest request;
    private final Networks networks;

    NetworksResource(CurrentRequest request, Networks networks) {
        this.request = request;
        this.networks = networks;
    }

    @GET
    public Map<String, Object> list() {
        check();
        return Map.of(
                "networks", networks.all().stream().map(NetworksResource::body).toList());
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("id") String id) {
        check();
        return Map.of(
                "network",
                networks.all().stream()
                        .filter(network -> network.id().toString().equals(id))
                        .findFirst()
                        .map(NetworksResource::body)
                        .orElseThrow(() -> new FaultException(404, "Network not found")));
    }

    /// Later versions of the API know networks of a network service only.
    private void check() {
        ComputeAction.READ_NETWORKS.check(request.caller());
        if (request.microversion().atLeast(2, 36)) {
            throw new FaultException(404, "The resource could not be found.");
        }
    }

    private static Map<String, Object> body(Network network) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", network.id().toString());
        body.put("label", network.name());
        body.put("cidr", network.cidr());
        body.put("netmask", network.netmask());
        body.put("gateway", network.gateway());
        body.put("broadcast", network.broadcast());
        body.put("cidr_v6", null);
        body.put("netmask_v6", null);
        body.put("gateway_v6", null);
        body.put("dns1", null);
        body.put("dns2", null);
        return body;
    }
}
