package cloud.stasis.gateway.http.image;

import cloud.stasis.gateway.catalog.StoreOrders;
import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.Image;
import cloud.stasis.gateway.image.ImageAction;
import cloud.stasis.gateway.image.ImageImport;
import cloud.stasis.gateway.image.ImageLibrary;
import cloud.stasis.gateway.image.ImageState;
import cloud.stasis.gateway.image.Imports;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.messages.BundleChoice;
import cloud.stasis.messages.ImageCommand;
import cloud.stasis.messages.ImageCommand.CopyDirection;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Imports of images.
///
/// | method | from where |
/// |---|---|
/// | `glance-direct` | what was staged with `PUT /v2/images/{id}/stage` |
/// | `web-download` | `uri`, if the operator allows its host |
/// | `copy-image` | to the peers that `stores` names, as a push would; for administrators |
///
/// The cloud itself has one store, so an active image is in `all_stores` already.
@Path("image/v2/images/{id}/import")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class ImportResource {
    private static final String DIRECT = "glance-direct";
    private static final String WEB = "web-download";
    private static final String COPY = "copy-image";
    private static final int MAX_METHOD = 64;
    private static final int MAX_URI = 2048;
    private static final int MAX_STORES = 16;

    private final CurrentRequest request;
    private final ImageImport imports;
    private final ImageLibrary library;
    private final StoreOrders orders;
    private final Transactions transactions;

    ImportResource(
            CurrentRequest request,
            ImageImport imports,
            ImageLibrary library,
            StoreOrders orders,
            Transactions transactions) {
        this.request = request;
        this.imports = imports;
        this.library = library;
        this.orders = orders;
        this.transactions = transactions;
    }

    /// By their names in the API.
    static List<String> methods(ImageImport imports) {
        return imports.fetches() ? List.of(DIRECT, WEB, COPY) : List.of(DIRECT, COPY);
    }

    @POST
    public Response begin(@PathParam("id") String id, @Nullable JsonNode body) {
        Caller caller = request.caller();
        ImageId image = ImagesResource.id(id);
        JsonFields fields = JsonFields.of(body);
        JsonFields method = fields.object("method");
        String name = method.text("name", MAX_METHOD);
        switch (name) {
            case DIRECT -> imports.staged(caller, image);
            case WEB -> imports.fetched(caller, image, uri(method.text("uri", MAX_URI)));
            case COPY -> copy(caller, image, fields);
            default ->
                throw new FaultException(
                        400, "Unknown import method; there are: " + String.join(", ", methods(imports)) + ".");
        }
        return Response.accepted().build();
    }

    private void copy(Caller caller, ImageId id, JsonFields fields) {
        ImageAction.COPY.check(caller, caller.project());
        Image image = transactions.call(() -> library.visible(caller, id));
        List<String> stores = fields.texts("stores", MAX_STORES, MAX_METHOD);
        boolean toAll = fields.optionalFlag("all_stores").orElse(false);
        if (stores.isEmpty() != toAll) {
            throw new FaultException(
                    400, "Name the peers that the image shall be copied to as stores, or set all_stores.");
        }
        if (!(image.state() instanceof ImageState.Active)) {
            throw new FaultException(409, "Only images with status active can be targeted for copying.");
        }
        if (stores.contains(Imports.STORE)) {
            throw new FaultException(409, "Image is already present at store '" + Imports.STORE + "'.");
        }
        if (toAll) {
            imports.spread(caller, id);
        }
        for (String store : stores) {
            orders.copy(
                    caller,
                    new ImageCommand.CopyBundles(
                            CopyDirection.PUSH,
                            store,
                            BundleChoice.of(ReferenceName.of(id)),
                            ByteCount.ZERO,
                            Optional.empty()));
        }
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new FaultException(400, "uri is none.");
        }
    }
}
