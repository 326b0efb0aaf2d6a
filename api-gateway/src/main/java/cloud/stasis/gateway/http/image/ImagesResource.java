package cloud.stasis.gateway.http.image;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Page;
import cloud.stasis.gateway.http.PageLinks;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.http.PublicUrls;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.Image;
import cloud.stasis.gateway.image.ImageImport;
import cloud.stasis.gateway.image.ImageLibrary;
import cloud.stasis.gateway.image.ImageLimits;
import cloud.stasis.gateway.image.ImageQuery;
import cloud.stasis.gateway.image.Imports;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Images, without their data.
@Path("image/v2/images")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Transactional
public class ImagesResource {
    private static final String LIST_PATH = "/v2/images";

    private final CurrentRequest request;
    private final Transactions transactions;
    private final ImageLibrary library;
    private final ImageImport imports;
    private final PublicUrls urls;

    ImagesResource(
            CurrentRequest request,
            Transactions transactions,
            ImageLibrary library,
            ImageImport imports,
            PublicUrls urls) {
        this.imports = imports;
        this.request = request;
        this.transactions = transactions;
        this.library = library;
        this.urls = urls;
    }

    @GET
    public Map<String, Object> list(@Context UriInfo uri) {
        // An image whose id is empty, and not the list.
        if (uri.getPath().endsWith("/")) {
            throw new FaultException(404, "No image found with an empty ID.");
        }
        Caller caller = request.caller();
        MultivaluedMap<String, String> asked = uri.getQueryParameters();
        Page page = ImageListParams.page(asked);
        ImageQuery query = ImageListParams.parse(asked, page);
        query.marker().ifPresent(marker -> checkMarker(caller, marker));
        List<Image> rows = library.list(caller, query);
        List<Image> shown = rows.subList(0, Math.min(rows.size(), page.limit()));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("images", shown.stream().map(ImageBodies::of).toList());
        body.put("schema", "/v2/schemas/images");
        body.put("first", PageLinks.first(LIST_PATH, asked));
        if (rows.size() > shown.size() && !shown.isEmpty()) {
            body.put(
                    "next",
                    PageLinks.next(LIST_PATH, asked, shown.getLast().id().toString()));
        }
        return body;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(@Nullable JsonNode body) {
        if (body == null || !body.isObject()) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "The request body must be a JSON object.");
        }
        Caller caller = request.caller();
        ImageDraft draft = new ImageDraft(caller.project());
        Optional<ImageId> id = Optional.empty();
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            if (field.getKey().equals("id")) {
                id = Optional.of(chosenId(field.getValue()));
            } else {
                draft.set(field.getKey(), field.getValue());
            }
        }
        Image made = library.create(caller, id, draft.owner(), draft.details());
        return Response.status(Response.Status.CREATED)
                .header("Location", urls.of("/image/v2/images/" + made.id()))
                .header("OpenStack-image-import-methods", String.join(",", ImportResource.methods(imports)))
                .header("OpenStack-image-store-ids", Imports.STORE)
                .entity(ImageBodies.of(made))
                .build();
    }

    @DELETE
    public void deleteNothing() {
        throw new FaultException(404, "No image found with an empty ID.");
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("id") String id) {
        return ImageBodies.of(library.visible(request.caller(), id(id)));
    }

    @PATCH
    @Path("{id}")
    @Consumes({ImagePatch.MEDIA_TYPE, ImagePatch.FIRST_MEDIA_TYPE})
    public Map<String, Object> change(@PathParam("id") String id, @Nullable String body) {
        ImagePatch patch = ImagePatch.parse(body == null ? "" : body);
        return ImageBodies.of(library.change(request.caller(), id(id), image -> {
            ImageDraft draft = new ImageDraft(image);
            patch.applyTo(draft);
            return image.with(draft.details(), image.updatedAt()).ownedBy(draft.owner());
        }));
    }

    /// The work that makes it may advance in this moment: the transaction is repeated then.
    @DELETE
    @Transactional(Transactional.TxType.NOT_SUPPORTED)
    @Path("{id}")
    public void delete(@PathParam("id") String id) {
        transactions.run(() -> library.delete(request.caller(), id(id)));
    }

    @POST
    @Path("{id}/actions/deactivate")
    public void deactivate(@PathParam("id") String id) {
        library.deactivate(request.caller(), id(id));
    }

    @POST
    @Path("{id}/actions/reactivate")
    public void reactivate(@PathParam("id") String id) {
        library.reactivate(request.caller(), id(id));
    }

    @PUT
    @Path("{id}/tags/{tag}")
    public void tag(@PathParam("id") String id, @PathParam("tag") String tag) {
        if (tag.codePointCount(0, tag.length()) > ImageLimits.NAME) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "A tag has at most " + ImageLimits.NAME + " characters.");
        }
        library.tag(request.caller(), id(id), tag);
    }

    @DELETE
    @Path("{id}/tags/{tag}")
    public void untag(@PathParam("id") String id, @PathParam("tag") String tag) {
        library.untag(request.caller(), id(id), tag);
    }

    static ImageId id(String text) {
        return PathId.of(text, ImageId::parse, ErrorCode.IMAGE_NOT_FOUND);
    }

    /// One that the caller cannot see is no marker: else it would tell what is there.
    private void checkMarker(Caller caller, ImageId marker) {
        try {
            library.visible(caller, marker);
        } catch (StasisException gone) {
            if (gone.kind() != ErrorKind.NOT_FOUND) {
                throw gone;
            }
            throw new StasisException(ErrorCode.INVALID_REQUEST, "The marker is no image: " + marker + ".");
        }
    }

    private static ImageId chosenId(JsonNode value) {
        try {
            return ImageId.parse(value.asText(""));
        } catch (StasisException malformed) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "Provided object does not match schema 'image': id must be a UUID.");
        }
    }
}
