package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.storage.Storage;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// How much a project keeps in the store, and may keep.
@Path("snapshot/v1/store/usage")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "store")
public class StoreUseResource {
    private static final List<Resource> LIMITED = List.of(Resource.STORE_GIB, Resource.STORED_GIB);

    private final CurrentRequest request;
    private final Storage storage;

    StoreUseResource(CurrentRequest request, Storage storage) {
        this.request = request;
        this.storage = storage;
    }

    /// @param keptBytes what images and snapshots hold as their owner sees them, or may come to hold
    /// @param storedBytes what they took up in the store when it was measured, what they share counted once
    /// @param keptGib the limit of `kept_bytes`; -1 for none
    /// @param storedGib the limit of `stored_bytes`; -1 for none
    public record Usage(
            String project,
            @JsonProperty("kept_bytes") long keptBytes,
            @JsonProperty("stored_bytes") long storedBytes,
            @JsonProperty("store_gigabytes") long keptGib,
            @JsonProperty("stored_gigabytes") long storedGib) {}

    public record OneUsage(Usage usage) {}

    /// The body of [#limit], for its description. What is not said stays.
    public record Limits(
            @JsonProperty("store_gigabytes") int keptGib,
            @JsonProperty("stored_gigabytes") int storedGib) {}

    @GET
    @Operation(summary = "Show what the project keeps in the store, and how much it may keep")
    public OneUsage show() {
        Caller caller = request.caller();
        SnapshotAction.READ.check(caller);
        return usage(caller.project());
    }

    @GET
    @Path("{project}")
    @Operation(summary = "Show what a project keeps in the store, and how much it may keep")
    public OneUsage show(@PathParam("project") String project) {
        SnapshotAction.OPERATE.check(request.caller());
        return usage(known(project));
    }

    @PUT
    @Path("{project}")
    @Operation(summary = "Say how much a project may keep in the store; -1 for no limit")
    @RequestBody(content = @Content(schema = @Schema(implementation = Limits.class)))
    public OneUsage limit(@PathParam("project") String project, @Nullable JsonNode body) {
        SnapshotAction.OPERATE.check(request.caller());
        ProjectId known = known(project);
        storage.limit(known, LimitsBody.read(body, LIMITED));
        return usage(known);
    }

    private OneUsage usage(ProjectId project) {
        Storage.Use use = storage.use(project);
        return new OneUsage(new Usage(
                project.value(),
                use.kept().bytes(),
                use.stored().bytes(),
                use.limits().getOrDefault(Resource.STORE_GIB, Resource.UNLIMITED),
                use.limits().getOrDefault(Resource.STORED_GIB, Resource.UNLIMITED)));
    }

    private static ProjectId known(String text) {
        return PathId.of(text, ProjectId::new, ErrorCode.OBJECT_NOT_FOUND);
    }
}
