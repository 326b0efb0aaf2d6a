package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.device.Interfaces;
import cloud.stasis.gateway.device.Port;
import cloud.stasis.gateway.device.WantedNic;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.PortId;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Network interfaces of a server: list, show, attach, detach.
@Path("compute/v2.1/servers/{id}/os-interface")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class InterfacesResource {
    private static final int MAX_TEXT = 255;

    private final CurrentRequest request;
    private final Interfaces interfaces;

    InterfacesResource(CurrentRequest request, Interfaces interfaces) {
        this.request = request;
        this.interfaces = interfaces;
    }

    @GET
    public Map<String, Object> list(@PathParam("id") String id) {
        Caller caller = caller(ComputeAction.READ_INTERFACES);
        return Map.of(
                "interfaceAttachments",
                interfaces.of(caller, ServersResource.id(id)).stream()
                        .map(this::body)
                        .toList());
    }

    @GET
    @Path("{port}")
    public Map<String, Object> show(@PathParam("id") String id, @PathParam("port") String port) {
        Caller caller = caller(ComputeAction.READ_INTERFACES);
        return Map.of(
                "interfaceAttachment",
                interfaces.of(caller, ServersResource.id(id)).stream()
                        .filter(known -> known.id().toString().equals(port))
                        .findFirst()
                        .map(this::body)
                        .orElseThrow(() -> new FaultException(
                                404, "Instance " + id + " does not have fixed IPs of such a port.")));
    }

    /// Answered when it is accepted; the port is `ACTIVE` once the machine has it.
    @POST
    public Map<String, Object> attach(@PathParam("id") String id, @Nullable JsonNode body) {
        Caller caller = caller(ComputeAction.CHANGE_INTERFACES);
        JsonFields fields = JsonFields.of(body)
                .only("interfaceAttachment")
                .optionalObject("interfaceAttachment")
                .orElseThrow(() -> new FaultException(400, "'interfaceAttachment' is a required property"));
        fields.only("net_id", "port_id", "fixed_ips", "tag");
        if (fields.optionalText("port_id", MAX_TEXT).isPresent()) {
            throw new FaultException(400, "Ports are not made by themselves in this cloud: name a network.");
        }
        Optional<String> network = fields.optionalText("net_id", MAX_TEXT).filter(text -> !text.isEmpty());
        List<JsonFields> addresses = fields.objects("fixed_ips", 1);
        if (!addresses.isEmpty() && network.isEmpty()) {
            throw new FaultException(400, "Must input network_id when request IP address");
        }
        Optional<String> address =
                addresses.stream().findFirst().flatMap(fixed -> fixed.optionalText("ip_address", MAX_TEXT));
        return Map.of(
                "interfaceAttachment",
                body(interfaces.attach(caller, ServersResource.id(id), new WantedNic(network, address))));
    }

    @DELETE
    @Path("{port}")
    public Response detach(@PathParam("id") String id, @PathParam("port") String port) {
        Caller caller = caller(ComputeAction.CHANGE_INTERFACES);
        interfaces.detach(caller, ServersResource.id(id), PathId.of(port, PortId::parse, ErrorCode.OBJECT_NOT_FOUND));
        return Response.accepted().build();
    }

    private Caller caller(ComputeAction action) {
        action.check(request.caller());
        return request.caller();
    }

    private Map<String, Object> body(Port port) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("port_state", port.worker().isPresent() ? "BUILD" : "ACTIVE");
        body.put(
                "fixed_ips",
                port.address().stream()
                        .map(address -> Map.of("subnet_id", port.network().toString(), "ip_address", address))
                        .toList());
        body.put("port_id", port.id().toString());
        body.put("net_id", port.network().toString());
        body.put("mac_addr", port.mac().value());
        if (request.microversion().atLeast(2, 70)) {
            body.put("tag", null);
        }
        return body;
    }
}
