package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.compute.Attachments;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.Microversion;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.Volume;
import cloud.stasis.gateway.volume.VolumeState.Attachment;
import cloud.stasis.gateway.volume.VolumeState.OnTermination;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.VolumeId;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Volumes of a server: list, show, attach, update, detach.
@Path("compute/v2.1/servers/{id}/os-volume_attachments")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class VolumeAttachmentsResource {
    private static final int MAX_TEXT = 255;
    private static final Pattern DEVICE = Pattern.compile("(?:/dev/)?((?:x?vd|[hs]d)([a-z]))");

    private final CurrentRequest request;
    private final Attachments attachments;

    VolumeAttachmentsResource(CurrentRequest request, Attachments attachments) {
        this.request = request;
        this.attachments = attachments;
    }

    @GET
    public Map<String, Object> list(@PathParam("id") String id) {
        return Map.of(
                "volumeAttachments",
                attachments.of(caller(ComputeAction.READ_ATTACHMENTS), ServersResource.id(id)).stream()
                        .map(this::body)
                        .toList());
    }

    @GET
    @Path("{volume}")
    public Map<String, Object> show(@PathParam("id") String id, @PathParam("volume") String volume) {
        return Map.of(
                "volumeAttachment",
                attachments.of(caller(ComputeAction.READ_ATTACHMENTS), ServersResource.id(id)).stream()
                        .filter(attached -> attached.id().toString().equals(volume))
                        .findFirst()
                        .map(this::body)
                        .orElseThrow(() -> new FaultException(404, "The volume is not attached to this server.")));
    }

    @POST
    public Response attach(@PathParam("id") String id, @Nullable JsonNode body) {
        Caller caller = caller(ComputeAction.CHANGE_ATTACHMENTS);
        JsonFields fields = JsonFields.of(body).only("volumeAttachment").object("volumeAttachment");
        fields.only("volumeId", "device", "tag", "delete_on_termination");
        VolumeId volume = volumeId(fields.text("volumeId", MAX_TEXT));
        if (fields.has("tag") && !request.microversion().atLeast(2, 49)) {
            throw new FaultException(400, "Additional properties are not allowed: volumeAttachment.tag.");
        }
        Optional<String> tag = fields.optionalText("tag", BlockDevicesRequest.MAX_TAG);
        tag.ifPresent(given -> ServerRequest.tags(List.of(given)));
        Volume attaching = attachments.attach(
                caller, ServersResource.id(id), volume, device(fields), onTermination(fields, OnTermination.KEEP), tag);
        if (request.microversion().atLeast(2, 101)) {
            return Response.accepted().build();
        }
        return Response.ok(Map.of("volumeAttachment", body(attaching))).build();
    }

    /// Virtio disks are what there is: another letter is taken, another bus is not.
    private static Optional<DeviceName> device(JsonFields fields) {
        return fields.optionalText("device", MAX_TEXT)
                .filter(text -> !text.isEmpty())
                .map(text -> {
                    Matcher known = DEVICE.matcher(text);
                    if (!known.matches()) {
                        throw new FaultException(
                                400, "The supplied device path (" + Faults.shortened(text) + ") is invalid.");
                    }
                    return "vd" + known.group(2);
                })
                .map(DeviceName::new);
    }

    private OnTermination onTermination(JsonFields fields, OnTermination otherwise) {
        return fields.optionalFlag("delete_on_termination")
                .map(gone -> gone ? OnTermination.DELETE : OnTermination.KEEP)
                .orElse(otherwise);
    }

    @PUT
    @Path("{volume}")
    public Response update(@PathParam("id") String id, @PathParam("volume") String volume, @Nullable JsonNode body) {
        Caller caller = caller(ComputeAction.CHANGE_ATTACHMENTS);
        JsonFields fields = JsonFields.of(body).only("volumeAttachment").object("volumeAttachment");
        VolumeId known = volumeId(volume);
        VolumeId wanted = volumeId(fields.text("volumeId", MAX_TEXT));
        if (!wanted.equals(known)) {
            show(id, known.toString());
            if (!attachments.exists(caller, wanted)) {
                throw new FaultException(400, "Volume " + wanted + " could not be found.");
            }
            throw new FaultException(
                    501, "Volumes are not swapped by this cloud: detach the one and attach the other.");
        }
        attachments.keep(caller, ServersResource.id(id), known, onTermination(fields, OnTermination.KEEP));
        return Response.accepted().build();
    }

    @DELETE
    @Path("{volume}")
    public Response detach(@PathParam("id") String id, @PathParam("volume") String volume) {
        attachments.detach(caller(ComputeAction.CHANGE_ATTACHMENTS), ServersResource.id(id), volumeId(volume));
        return Response.accepted().build();
    }

    private Caller caller(ComputeAction action) {
        action.check(request.caller());
        return request.caller();
    }

    private static VolumeId volumeId(String text) {
        return PathId.of(text, VolumeId::parse, ErrorCode.VOLUME_NOT_FOUND);
    }

    private Map<String, Object> body(Volume volume) {
        Microversion version = request.microversion();
        Attachment attachment = volume.state().attached().orElseThrow();
        Map<String, Object> body = new LinkedHashMap<>();
        if (!version.atLeast(2, 89)) {
            body.put("id", volume.id().toString());
        }
        body.put("volumeId", volume.id().toString());
        body.put("serverId", attachment.instance().toString());
        body.put("device", "/dev/" + attachment.device());
        if (version.atLeast(2, 70)) {
            body.put("tag", attachment.tag().orElse(null));
        }
        if (version.atLeast(2, 79)) {
            body.put("delete_on_termination", attachment.onTermination() == OnTermination.DELETE);
        }
        if (version.atLeast(2, 89)) {
            // A volume is attached at most once, so its id names the attachment as well.
            body.put("attachment_id", volume.id().toString());
            body.put("bdm_uuid", volume.id().toString());
        }
        return body;
    }
}
