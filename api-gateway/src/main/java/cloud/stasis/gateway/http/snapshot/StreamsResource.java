package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.compute.DiskStreams;
import cloud.stasis.gateway.http.CurrentRequest;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/// Servers that run while their image is fetched.
@Path("snapshot/v1/servers/{id}/streams")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "servers")
public class StreamsResource {
    private final CurrentRequest request;
    private final DiskStreams streams;

    StreamsResource(CurrentRequest request, DiskStreams streams) {
        this.request = request;
        this.streams = streams;
    }

    /// @param disk its name
    /// @param fetched bytes of its image that are on the host
    /// @param size of its image, in bytes
    public record DiskStream(String disk, long fetched, long size) {}

    public record Streams(List<DiskStream> streams) {}

    @GET
    @Operation(summary = "List the disks of a server that still read their image from the store, and how far each is")
    public Streams streams(@PathParam("id") String id) {
        SnapshotAction.READ.check(request.caller());
        return new Streams(streams.of(request.caller(), SnapshotsResource.server(id)).stream()
                .map(stream -> new DiskStream(
                        stream.disk().value(),
                        stream.fetched().bytes(),
                        stream.size().bytes()))
                .toList());
    }
}
