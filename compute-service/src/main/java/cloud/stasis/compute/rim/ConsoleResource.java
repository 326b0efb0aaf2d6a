package cloud.stasis.compute.rim;

import cloud.stasis.chunks.Capability;
import cloud.stasis.chunks.Capability.Right;
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

/// The console of an instance, for whoever shows a capability for it.
@Path("/v1/instances/{id}/console")
public class ConsoleResource {
    private static final String BEARER = "Bearer ";

    private final HostLayout layout;
    private final Capability.Key key;

    ConsoleResource(HostLayout layout, Capability.Key key) {
        this.layout = layout;
        this.key = key;
    }

    /// @param lines the last so many lines; 0 for as much as there is within the limit of [ConsoleLog]
    @GET
    @Produces(MediaType.TEXT_PLAIN + ";charset=UTF-8")
    @RunOnVirtualThread
    public String tail(
            @PathParam("id") String id,
            @QueryParam("lines") @DefaultValue("0") int lines,
            @HeaderParam(HttpHeaders.AUTHORIZATION) @DefaultValue("") String authorization) {
        InstanceId instance = InstanceId.parse(id);
        String token = authorization.startsWith(BEARER) ? authorization.substring(BEARER.length()) : "";
        key.verify(token, Right.CONSOLE_READ, instance.toString());
        InstanceDirectory directory = layout.instance(instance);
        if (!directory.exists()) {
            throw new StasisException(
                    ErrorCode.INSTANCE_NOT_FOUND, "the instance is not on this host; it may have been deleted");
        }
        return new ConsoleLog(directory.console()).tail(Math.max(0, lines));
    }
}
