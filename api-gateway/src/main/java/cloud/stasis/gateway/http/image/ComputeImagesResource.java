package cloud.stasis.gateway.http.image;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.Page;
import cloud.stasis.gateway.http.PageLinks;
import cloud.stasis.gateway.http.PublicUrls;
import cloud.stasis.gateway.image.Image;
import cloud.stasis.gateway.image.ImageLibrary;
import cloud.stasis.gateway.image.ImageLimits;
import cloud.stasis.gateway.image.ImageQuery;
import cloud.stasis.gateway.image.ImageQuery.Comparison;
import cloud.stasis.gateway.image.ImageQuery.Condition;
import cloud.stasis.gateway.image.ImageQuery.Direction;
import cloud.stasis.gateway.image.ImageQuery.Field;
import cloud.stasis.gateway.image.ImageQuery.Sort;
import cloud.stasis.gateway.image.ImageState;
import cloud.stasis.gateway.saga.Transactions;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
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
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Images by the compute API, as clients of its first versions ask for them. It left the images alone from 2.36 on,
/// and their metadata from 2.39 on.
@Path("compute/v2.1/images")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Transactional
public class ComputeImagesResource {
    private static final int LAST_WITH_IMAGES = 35;
    private static final int LAST_WITH_METADATA = 38;
    private static final String PATH = "/compute/v2.1/images";

    private final CurrentRequest request;
    private final Transactions transactions;
    private final ImageLibrary library;
    private final PublicUrls urls;

    ComputeImagesResource(CurrentRequest request, Transactions transactions, ImageLibrary library, PublicUrls urls) {
        this.request = request;
        this.transactions = transactions;
        this.library = library;
        this.urls = urls;
    }

    @GET
    public Map<String, Object> list(@Context UriInfo uri) {
        return page(PATH, uri, this::summary);
    }

    @GET
    @Path("detail")
    public Map<String, Object> detail(@Context UriInfo uri) {
        return page(PATH + "/detail", uri, this::body);
    }

    @DELETE
    public void deleteNothing() {
        throw new FaultException(404, "No image found with an empty ID.");
    }

    @GET
    @Path("{id}")
    public Map<String, Object> show(@PathParam("id") String id) {
        existsUntil(LAST_WITH_IMAGES);
        return Map.of("image", body(visible(id)));
    }

    /// The work that makes it may advance in this moment: the transaction is repeated then.
    @DELETE
    @Transactional(Transactional.TxType.NOT_SUPPORTED)
    @Path("{id}")
    public void delete(@PathParam("id") String id) {
        existsUntil(LAST_WITH_IMAGES);
        transactions.run(() -> library.delete(request.caller(), ImagesResource.id(id)));
    }

    @GET
    @Path("{id}/metadata")
    public Map<String, Object> metadata(@PathParam("id") String id) {
        existsUntil(LAST_WITH_METADATA);
        return Map.of("metadata", properties(visible(id)));
    }

    @PUT
    @Path("{id}/metadata")
    public Map<String, Object> replaceMetadata(@PathParam("id") String id, @Nullable JsonNode body) {
        Map<String, String> wanted = texts(body, "metadata");
        return Map.of("metadata", change(id, draft -> {
            draft.propertyNames().forEach(draft::remove);
            wanted.forEach((key, value) -> draft.set(key, TextNode.valueOf(value)));
        }));
    }

    @POST
    @Path("{id}/metadata")
    public Map<String, Object> addMetadata(@PathParam("id") String id, @Nullable JsonNode body) {
        Map<String, String> added = texts(body, "metadata");
        return Map.of(
                "metadata",
                change(id, draft -> added.forEach((key, value) -> draft.set(key, TextNode.valueOf(value)))));
    }

    @GET
    @Path("{id}/metadata/{key}")
    public Map<String, Object> item(@PathParam("id") String id, @PathParam("key") String key) {
        existsUntil(LAST_WITH_METADATA);
        String value = visible(id).details().properties().get(key);
        if (value == null) {
            throw noItem();
        }
        return Map.of("meta", Map.of(key, value));
    }

    @PUT
    @Path("{id}/metadata/{key}")
    public Map<String, Object> setItem(
            @PathParam("id") String id, @PathParam("key") String key, @Nullable JsonNode body) {
        Map<String, String> item = texts(body, "meta");
        if (item.size() != 1 || !item.containsKey(key)) {
            throw new FaultException(400, "The body must hold one item, the one that the path names.");
        }
        change(id, draft -> draft.set(key, TextNode.valueOf(item.get(key))));
        return Map.of("meta", item);
    }

    @DELETE
    @Path("{id}/metadata/{key}")
    public void removeItem(@PathParam("id") String id, @PathParam("key") String key) {
        change(id, draft -> {
            if (!draft.propertyNames().contains(key)) {
                throw noItem();
            }
            draft.remove(key);
        });
    }

    private Map<String, Object> page(String path, UriInfo uri, Function<Image, Map<String, Object>> write) {
        existsUntil(LAST_WITH_IMAGES);
        MultivaluedMap<String, String> asked = uri.getQueryParameters();
        Page page = Page.of(asked.getFirst("limit"), asked.getFirst("marker"), Page.MAXIMUM, Page.MAXIMUM);
        List<Image> rows = library.list(request.caller(), query(asked, page));
        List<Image> shown = rows.subList(0, Math.min(rows.size(), page.limit()));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("images", shown.stream().map(write).toList());
        if (rows.size() > shown.size() && !shown.isEmpty()) {
            String next = PageLinks.next(path, asked, shown.getLast().id().toString());
            body.put("images_links", List.of(Map.of("rel", "next", "href", urls.of(next))));
        }
        return body;
    }

    private ImageQuery query(MultivaluedMap<String, String> asked, Page page) {
        List<Condition> conditions = new ArrayList<>(List.of(new Condition.Flag(Field.HIDDEN, false)));
        value(asked, "name").ifPresent(name -> conditions.add(new Condition.OneOf(Field.NAME, Set.of(name))));
        value(asked, "status").ifPresent(status -> conditions.add(new Condition.OneOf(Field.STATUS, states(status))));
        value(asked, "server")
                .ifPresent(server -> conditions.add(
                        new Condition.HasProperty("instance_uuid", server.substring(server.lastIndexOf('/') + 1))));
        value(asked, "type").ifPresent(type -> conditions.add(new Condition.HasProperty("image_type", type)));
        value(asked, "changes-since")
                .ifPresent(since ->
                        conditions.add(new Condition.Time(Field.UPDATED_AT, Comparison.AT_LEAST, instant(since))));
        value(asked, "minDisk")
                .ifPresent(least ->
                        conditions.add(new Condition.Number(Field.MIN_DISK, Comparison.AT_LEAST, number(least))));
        value(asked, "minRam")
                .ifPresent(least ->
                        conditions.add(new Condition.Number(Field.MIN_RAM, Comparison.AT_LEAST, number(least))));
        return new ImageQuery(
                new ImageQuery.Reach.Usual(),
                Optional.empty(),
                conditions,
                List.of(new Sort(Field.CREATED_AT, Direction.DESCENDING), new Sort(Field.ID, Direction.DESCENDING)),
                page.marker().map(ComputeImagesResource::marker),
                page.rows());
    }

    private static Optional<String> value(MultivaluedMap<String, String> asked, String name) {
        return Optional.ofNullable(asked.getFirst(name)).filter(text -> !text.isEmpty());
    }

    /// Our words for a state of the compute API. One that no image is ever in matches none.
    private static Set<String> states(String status) {
        return switch (status.toUpperCase(Locale.ROOT)) {
            case "ACTIVE" -> Set.of("active");
            case "SAVING" -> Set.of("queued", "saving");
            case "UNKNOWN" -> Set.of("deactivated");
            default -> Set.of("none");
        };
    }

    private static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new FaultException(400, "Invalid changes-since value: " + Faults.shortened(text));
        }
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new FaultException(400, "Invalid filter value, a whole number is needed: " + Faults.shortened(text));
        }
    }

    private static ImageId marker(String text) {
        try {
            return ImageId.parse(text);
        } catch (StasisException e) {
            throw new FaultException(400, "marker [" + Faults.shortened(text) + "] not found");
        }
    }

    private Map<String, Object> summary(Image image) {
        Map<String, Object> body = new LinkedHashMap<>();
        String id = image.id().toString();
        body.put("id", id);
        body.put("name", image.details().name());
        body.put(
                "links",
                List.of(
                        Map.of("rel", "self", "href", urls.of(PATH + "/" + id)),
                        Map.of("rel", "bookmark", "href", urls.of("/compute/images/" + id)),
                        Map.of(
                                "rel",
                                "alternate",
                                "type",
                                "application/vnd.openstack.image",
                                "href",
                                urls.of("/image/v2/images/" + id))));
        return body;
    }

    private Map<String, Object> body(Image image) {
        Map<String, Object> body = summary(image);
        body.put("status", status(image.state()));
        body.put("progress", image.state() instanceof ImageState.Active ? 100 : 0);
        body.put("created", time(image.createdAt()));
        body.put("updated", time(image.updatedAt()));
        body.put("minDisk", image.details().minimum().diskGib());
        body.put("minRam", image.details().minimum().ramMib());
        body.put(
                "OS-EXT-IMG-SIZE:size",
                image.state().content().map(content -> content.size().bytes()).orElse(null));
        body.put("metadata", properties(image));
        String server = image.details().properties().get("instance_uuid");
        if (server != null) {
            body.put(
                    "server",
                    Map.of(
                            "id",
                            server,
                            "links",
                            List.of(
                                    Map.of("rel", "self", "href", urls.of("/compute/v2.1/servers/" + server)),
                                    Map.of("rel", "bookmark", "href", urls.of("/compute/servers/" + server)))));
        }
        return body;
    }

    private static String status(ImageState state) {
        return switch (state) {
            case ImageState.Active ignored -> "ACTIVE";
            case ImageState.Queued ignored -> "SAVING";
            case ImageState.Saving ignored -> "SAVING";
            case ImageState.Uploading ignored -> "SAVING";
            case ImageState.Importing ignored -> "SAVING";
            case ImageState.Deactivated ignored -> "UNKNOWN";
        };
    }

    private Map<String, String> change(String id, Consumer<ImageDraft> edit) {
        existsUntil(LAST_WITH_METADATA);
        return properties(library.change(request.caller(), ImagesResource.id(id), image -> {
            ImageDraft draft = new ImageDraft(image);
            edit.accept(draft);
            return image.with(draft.details(), image.updatedAt());
        }));
    }

    private Image visible(String id) {
        return library.visible(request.caller(), ImagesResource.id(id));
    }

    private static Map<String, String> properties(Image image) {
        return new TreeMap<>(image.details().properties());
    }

    private static Map<String, String> texts(@Nullable JsonNode body, String name) {
        return JsonFields.of(body)
                .only(name)
                .optionalTextMap(name, ImageLimits.NAME, ImageLimits.NAME)
                .orElseThrow(() -> new FaultException(400, "'" + name + "' is a required property"));
    }

    private static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private void existsUntil(int lastMinor) {
        if (request.microversion().atLeast(2, lastMinor + 1)) {
            throw new FaultException(404, "The resource could not be found.");
        }
    }

    private static FaultException noItem() {
        return new FaultException(404, "Metadata item was not found");
    }
}
