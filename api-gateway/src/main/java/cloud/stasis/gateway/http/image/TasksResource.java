package cloud.stasis.gateway.http.image;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.image.ImageImport;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.JobId;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;

/// One import, by the id of its job.
@Path("image/v2/tasks")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class TasksResource {
    private final CurrentRequest request;
    private final ImageImport imports;

    TasksResource(CurrentRequest request, ImageImport imports) {
        this.request = request;
        this.imports = imports;
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("id") String id) {
        JobId job = PathId.of(id, JobId::parse, ErrorCode.JOB_NOT_FOUND);
        return TaskBodies.of(imports.job(request.caller(), job));
    }
}
