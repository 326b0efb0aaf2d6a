package cloud.stasis.compute.rim;

import cloud.stasis.chunks.Capability;
import cloud.stasis.chunks.Capability.Right;
import cloud.stasis.compute.instance.ConsoleLog;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.Map;

/// The console of an instance, for whoever shows a capability for it.
@Path("/v1/instances/{id}/console")
class ConsoleResource {
    private static final String BEARER = "Bearer ";

    private final ComputeService service;
    private final Capability.Key key;

    ConsoleResource(ComputeService service, ComputeConfig config) {
        this.service = service;
        this.key = Capability.Key.parse(config.capabilityKey(), Clock.systemUTC());
    }

    /// @param lines the last so many lines; 0 for as much as there is within the limit of [ConsoleLog]
    @GET
    @Produces(MediaType.TEXT_PLAIN + ";charset=UTF-8")
    @RunOnVirtualThread
    public Response tail(
            @PathParam("id") String id,
            @QueryParam("lines") @DefaultValue("0") int lines,
            @HeaderParam("Authorization") @DefaultValue("") String authorization) {
        try {
            InstanceId instance = InstanceId.parse(id);
            String token = authorization.startsWith(BEARER) ? authorization.substring(BEARER.length()) : "";
            key.verify(token, Right.CONSOLE_READ, instance.toString());
            ConsoleLog log = new ConsoleLog(service.layout().instance(instance).console());
            return Response.ok(log.tail(Math.max(0, lines))).build();
        } catch (StasisException e) {
            return Response.status(e.kind().httpStatus())
                    .type(MediaType.APPLICATION_JSON_TYPE)
                    .entity(Map.of(
                            "code", e.code().name(), "message", e.report().message()))
                    .build();
        }
    }
}
