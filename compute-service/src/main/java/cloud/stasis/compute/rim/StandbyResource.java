package cloud.stasis.compute.rim;

import cloud.stasis.compute.agent.ComputeAgent;
import cloud.stasis.compute.protect.StandbyState;
import cloud.stasis.compute.protect.Standbys;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;

/// Where the source of a standby sends its epochs, for whoever shows the secret of the standby.
@Path("/v1/standbys/{id}")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class StandbyResource {
    private static final String BEARER = "Bearer ";

    private final Standbys standbys;

    StandbyResource(ComputeAgent agent) {
        this.standbys = agent.protections().standbys();
    }

    /// How much of a content is here.
    public record Received(long received) {}

    @GET
    public StandbyState state(
            @PathParam("id") String id,
            @HeaderParam(HttpHeaders.AUTHORIZATION) @DefaultValue("") String authorization) {
        return standbys.state(id, secret(authorization));
    }

    /// @param offset of this piece in the epoch of `total` bytes
    @PUT
    @Path("epochs/{epoch}")
    @Consumes(MediaType.APPLICATION_OCTET_STREAM)
    public StandbyState epoch(
            @PathParam("id") String id,
            @PathParam("epoch") long epoch,
            @QueryParam("offset") long offset,
            @QueryParam("total") long total,
            @HeaderParam(HttpHeaders.AUTHORIZATION) @DefaultValue("") String authorization,
            InputStream body) {
        return standbys.receive(id, secret(authorization), epoch, offset, total, body);
    }

    @GET
    @Path("contents/{index}")
    public Received content(
            @PathParam("id") String id,
            @PathParam("index") String index,
            @QueryParam("total") long total,
            @HeaderParam(HttpHeaders.AUTHORIZATION) @DefaultValue("") String authorization) {
        return new Received(standbys.hasOf(id, secret(authorization), index, total));
    }

    @PUT
    @Path("contents/{index}")
    @Consumes(MediaType.APPLICATION_OCTET_STREAM)
    public Received content(
            @PathParam("id") String id,
            @PathParam("index") String index,
            @QueryParam("offset") long offset,
            @QueryParam("total") long total,
            @HeaderParam(HttpHeaders.AUTHORIZATION) @DefaultValue("") String authorization,
            InputStream body) {
        String secret = secret(authorization);
        standbys.receiveContent(id, secret, index, offset, total, body);
        return new Received(standbys.hasOf(id, secret, index, total));
    }

    private static String secret(String authorization) {
        return authorization.startsWith(BEARER) ? authorization.substring(BEARER.length()) : "";
    }
}
