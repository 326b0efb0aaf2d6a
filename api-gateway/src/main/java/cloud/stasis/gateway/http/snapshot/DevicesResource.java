package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.device.Interfaces;
import cloud.stasis.gateway.device.Media;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.http.snapshot.Replies.OneJob;
import cloud.stasis.gateway.job.Job;
import cloud.stasis.messages.ComputeCommand.DriveSpec;
import cloud.stasis.messages.ComputeCommand.Link;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.PortId;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// Devices of a server for which the compute API has no words: media in its drives, and cables.
@Path("snapshot/v1/servers/{id}")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "servers")
public class DevicesResource {
    private static final int MAX_TEXT = 255;

    private final CurrentRequest request;
    private final Media media;
    private final Interfaces interfaces;
    private final Clock clock;

    DevicesResource(CurrentRequest request, Media media, Interfaces interfaces, Clock clock) {
        this.request = request;
        this.media = media;
        this.interfaces = interfaces;
        this.clock = clock;
    }

    /// @param drive its name
    /// @param image what lies in it; null if it is empty
    public record Drive(String drive, Optional<String> image) {}

    public record Drives(List<Drive> drives) {}

    public record NewMedium(String image) {}

    /// @param state `up` or `down`
    public record NewLink(String state) {}

    @GET
    @Path("drives")
    @Operation(summary = "List the drives of a server and what lies in them")
    public Drives drives(@PathParam("id") String id) {
        SnapshotAction.READ.check(request.caller());
        return new Drives(media.of(request.caller(), SnapshotsResource.server(id)).stream()
                .map(DevicesResource::view)
                .toList());
    }

    private static Drive view(DriveSpec drive) {
        return new Drive(drive.target().value(), drive.medium().map(medium -> medium.image()
                .toString()));
    }

    @PUT
    @Path("drives/{drive}")
    @Operation(summary = "Put an image into a drive, in the place of what is there, whether the server runs or not")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewMedium.class)))
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response insert(@PathParam("id") String id, @PathParam("drive") String drive, @Nullable JsonNode body) {
        String image = JsonFields.of(body).only("image").text("image", MAX_TEXT);
        return change(id, drive, Optional.of(PathId.of(image, ImageId::parse, ErrorCode.INVALID_REQUEST)));
    }

    @DELETE
    @Path("drives/{drive}")
    @Operation(summary = "Take out what lies in a drive")
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response eject(@PathParam("id") String id, @PathParam("drive") String drive) {
        return change(id, drive, Optional.empty());
    }

    private Response change(String id, String drive, Optional<ImageId> image) {
        SnapshotAction.CHANGE.check(request.caller());
        DeviceName name = PathId.of(drive, DeviceName::new, ErrorCode.INVALID_REQUEST);
        return accepted(media.change(request.caller(), SnapshotsResource.server(id), name, image));
    }

    @PUT
    @Path("links/{port}")
    @Operation(summary = "Plug the cable of a network interface in or out")
    @RequestBody(content = @Content(schema = @Schema(implementation = NewLink.class)))
    @APIResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = OneJob.class)))
    public Response link(@PathParam("id") String id, @PathParam("port") String port, @Nullable JsonNode body) {
        SnapshotAction.CHANGE.check(request.caller());
        Link link =
                switch (JsonFields.of(body).only("state").text("state", MAX_TEXT)) {
                    case "up" -> Link.UP;
                    case "down" -> Link.DOWN;
                    default -> throw new FaultException(400, "The state of a link is up or down.");
                };
        PortId known = PathId.of(port, PortId::parse, ErrorCode.OBJECT_NOT_FOUND);
        return accepted(interfaces.link(request.caller(), SnapshotsResource.server(id), known, link));
    }

    private Response accepted(Job job) {
        return Response.accepted(new OneJob(JobView.of(job, clock.instant()))).build();
    }
}
