package cloud.stasis.gateway.http.image;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.image.ImageImport;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;

/// The imports of an image.
@Path("image/v2/images/{id}/tasks")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class ImageTasksResource {
    private final CurrentRequest request;
    private final ImageImport imports;

    ImageTasksResource(CurrentRequest request, ImageImport imports) {
        this.request = request;
        this.imports = imports;
    }

    @GET
    public Map<String, Object> list(@PathParam("id") String id) {
        return Map.of(
                "tasks",
                imports.ofImage(request.caller(), ImagesResource.id(id)).stream()
                        .map(TaskBodies::of)
                        .toList());
    }
}
