package cloud.stasis.gateway.http.image;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.image.ImageLimits;
import cloud.stasis.gateway.image.ImageMember;
import cloud.stasis.gateway.image.Sharing;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The projects that an image is shared with.
@Path("image/v2/images/{id}/members")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Transactional
public class MembersResource {
    private final CurrentRequest request;
    private final Sharing sharing;

    MembersResource(CurrentRequest request, Sharing sharing) {
        this.request = request;
        this.sharing = sharing;
    }

    @GET
    public Map<String, Object> list(@PathParam("id") String id) {
        List<Map<String, Object>> members = sharing.members(request.caller(), ImagesResource.id(id)).stream()
                .map(ImageBodies::of)
                .toList();
        return Map.of("members", members, "schema", "/v2/schemas/members");
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Map<String, Object> offer(@PathParam("id") String id, @Nullable JsonNode body) {
        String member = JsonFields.of(body).text("member", ImageLimits.NAME);
        return ImageBodies.of(sharing.offer(request.caller(), ImagesResource.id(id), new ProjectId(member)));
    }

    @GET
    @Path("{member}")
    public Map<String, Object> show(@PathParam("id") String id, @PathParam("member") String member) {
        return ImageBodies.of(sharing.member(request.caller(), ImagesResource.id(id), project(member)));
    }

    @PUT
    @Path("{member}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Map<String, Object> answer(
            @PathParam("id") String id, @PathParam("member") String member, @Nullable JsonNode body) {
        ImageMember.Status status = ImageMember.Status.of(JsonFields.of(body).text("status", ImageLimits.NAME))
                .orElseThrow(() -> new StasisException(
                        ErrorCode.INVALID_REQUEST, "status must be one of pending, accepted, rejected."));
        return ImageBodies.of(sharing.answer(request.caller(), ImagesResource.id(id), project(member), status));
    }

    @DELETE
    @Path("{member}")
    public void withdraw(@PathParam("id") String id, @PathParam("member") String member) {
        sharing.withdraw(request.caller(), ImagesResource.id(id), project(member));
    }

    private static ProjectId project(String text) {
        return PathId.of(text, ProjectId::new, ErrorCode.OBJECT_NOT_FOUND);
    }
}
