package cloud.stasis.gateway.http.snapshot;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.Image;
import cloud.stasis.gateway.image.ImageContent;
import cloud.stasis.gateway.image.ImageLibrary;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.gateway.storage.Storage;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/// What the image API has no word for: what an image takes up in the store.
@Path("snapshot/v1/images/{id}")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "store")
public class StoredImagesResource {
    private final CurrentRequest request;
    private final Transactions transactions;
    private final ImageLibrary library;
    private final Storage storage;

    StoredImagesResource(CurrentRequest request, Transactions transactions, ImageLibrary library, Storage storage) {
        this.request = request;
        this.transactions = transactions;
        this.library = library;
        this.storage = storage;
    }

    /// @param size bytes of its file
    /// @param virtualSize bytes of its disk as a guest sees it
    /// @param stored null until it was measured, and for who does not own it
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record StoredImage(
            String id,
            String name,
            String status,
            @Nullable Long size,
            @JsonProperty("virtual_size") @Nullable Long virtualSize,
            @Nullable StoredView stored) {}

    public record OneImage(StoredImage image) {}

    @GET
    @Operation(summary = "Show what an image takes up in the store, and what its deletion would give back")
    public OneImage show(@PathParam("id") String id) {
        Caller caller = request.caller();
        SnapshotAction.READ.check(caller);
        ImageId wanted = PathId.of(id, ImageId::parse, ErrorCode.IMAGE_NOT_FOUND);
        Image image = transactions.call(() -> library.visible(caller, wanted));
        return new OneImage(new StoredImage(
                image.id().toString(),
                image.details().name(),
                image.state().wireName(),
                image.state().content().map(content -> content.size().bytes()).orElse(null),
                image.state()
                        .content()
                        .flatMap(ImageContent::virtualSize)
                        .map(ByteCount::bytes)
                        .orElse(null),
                storage.of(caller, ReferenceName.of(image.id()), image.owner())
                        .map(StoredView::of)
                        .orElse(null)));
    }
}
