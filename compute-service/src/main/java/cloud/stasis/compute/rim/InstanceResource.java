package cloud.stasis.compute.rim;

import cloud.stasis.chunks.Capability;
import cloud.stasis.chunks.Capability.Right;
import cloud.stasis.compute.agent.ComputeAgent;
import cloud.stasis.compute.instance.ConsoleLog;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.compute.instance.InstanceDirectory;
import cloud.stasis.model.ErrorCode;
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
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.List;

/// What the gateway asks a host about one instance because it changes all the time, for whoever shows a capability
/// for it.
@Path("/v1/instances/{id}")
@RunOnVirtualThread
public class InstanceResource {
    private static final String BEARER = "Bearer ";

    private final HostLayout layout;
    private final ComputeAgent agent;
    private final Capability.Key key;

    InstanceResource(HostLayout layout, ComputeAgent agent, Capability.Key key) {
        this.layout = layout;
        this.agent = agent;
        this.key = key;
    }

    /// A disk that still streams.
    ///
    /// @param fetched bytes of its image that are on this host
    /// @param size of its image
    public record DiskStream(String disk, long fetched, long size) {}

    /// @param lines the last so many lines; 0 for as much as there is within the limit of [ConsoleLog]
    @GET
    @Path("console")
    @Produces(MediaType.TEXT_PLAIN + ";charset=UTF-8")
    public String console(
            @PathParam("id") String id,
            @QueryParam("lines") @DefaultValue("0") int lines,
            @HeaderParam(HttpHeaders.AUTHORIZATION) @DefaultValue("") String authorization) {
        InstanceDirectory directory = layout.instance(allowed(id, Right.CONSOLE_READ, authorization));
        if (!directory.exists()) {
            throw new StasisException(
                    ErrorCode.INSTANCE_NOT_FOUND, "the instance is not on this host; it may have been deleted");
        }
        return new ConsoleLog(directory.console()).tail(Math.max(0, lines));
    }

    @GET
    @Path("streams")
    @Produces(MediaType.APPLICATION_JSON)
    public List<DiskStream> streams(
            @PathParam("id") String id,
            @HeaderParam(HttpHeaders.AUTHORIZATION) @DefaultValue("") String authorization) {
        return agent.arrivals(allowed(id, Right.INSTANCE_READ, authorization)).entrySet().stream()
                .map(disk -> new DiskStream(
                        disk.getKey().value(),
                        disk.getValue().fetched().bytes(),
                        disk.getValue().size().bytes()))
                .toList();
    }

    private InstanceId allowed(String id, Right right, String authorization) {
        InstanceId instance = InstanceId.parse(id);
        String token = authorization.startsWith(BEARER) ? authorization.substring(BEARER.length()) : "";
        key.verify(token, right, instance.toString());
        return instance;
    }
}
