package cloud.stasis.gateway.http.metadef;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.PageLinks;
import cloud.stasis.gateway.http.PathId;
import cloud.stasis.gateway.http.PublicUrls;
import cloud.stasis.gateway.http.metadef.Listing.Entry;
import cloud.stasis.gateway.http.metadef.Listing.Keys;
import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.image.ImageLimits;
import cloud.stasis.gateway.image.Visibility;
import cloud.stasis.gateway.metadef.Definition;
import cloud.stasis.gateway.metadef.Definition.Kind;
import cloud.stasis.gateway.metadef.MetadefCatalog;
import cloud.stasis.gateway.metadef.MetadefName;
import cloud.stasis.gateway.metadef.Namespace;
import cloud.stasis.model.ErrorCode;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Namespaces of metadata definitions, and the resource types that they may be meant for.
@Path("image/v2/metadefs")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Transactional
public class NamespacesResource {
    private final CurrentRequest request;
    private final MetadefCatalog catalog;
    private final PublicUrls urls;

    NamespacesResource(CurrentRequest request, MetadefCatalog catalog, PublicUrls urls) {
        this.request = request;
        this.catalog = catalog;
        this.urls = urls;
    }

    @GET
    @Path("resource_types")
    public Map<String, Object> resourceTypes() {
        return Map.of(
                "resource_types",
                catalog.resourceTypes(request.caller()).stream()
                        .map(MetadefBodies::of)
                        .toList());
    }

    @GET
    @Path("namespaces")
    public Map<String, Object> list(@Context UriInfo uri) {
        MultivaluedMap<String, String> asked = uri.getQueryParameters();
        Listing listing = Listing.parse(asked, ImageLimits.PAGE);
        List<Entry<Namespace>> shown = listing.of(wanted(asked).stream()
                .map(found -> new Entry<>(found, new Keys(found.name(), found.createdAt(), found.updatedAt())))
                .toList());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(
                "namespaces",
                shown.stream().map(entry -> summary(entry.value())).toList());
        body.put("schema", "/v2/schemas/metadefs/namespaces");
        body.put("first", PageLinks.first(MetadefBodies.NAMESPACES, asked));
        if (!shown.isEmpty() && shown.size() == listing.page().limit()) {
            String last = shown.getLast().keys().name().value();
            body.put("next", PageLinks.next(MetadefBodies.NAMESPACES, asked, last));
        }
        return body;
    }

    @POST
    @Path("namespaces")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(@Nullable JsonNode body) {
        NamespaceRequest asked = NamespaceRequest.parse(request.caller(), body);
        Namespace made = catalog.create(request.caller(), asked.details(), asked.drafts());
        return Response.status(Response.Status.CREATED)
                .header("Location", urls.of("/image" + MetadefBodies.link(made.name())))
                .entity(details(made, ""))
                .build();
    }

    /// @param resourceType with the prefix that properties have on things of this type
    @GET
    @Path("namespaces/{namespace}")
    public ObjectNode show(
            @PathParam("namespace") String namespace, @QueryParam("resource_type") @Nullable String resourceType) {
        Namespace found = catalog.visible(request.caller(), name(namespace));
        String prefix = of(found, Kind.RESOURCE_TYPE).stream()
                .filter(association -> association.name().value().equals(resourceType))
                .findFirst()
                .map(MetadefBodies::prefix)
                .orElse("");
        return details(found, prefix);
    }

    @PUT
    @Path("namespaces/{namespace}")
    @Consumes(MediaType.APPLICATION_JSON)
    public ObjectNode change(@PathParam("namespace") String namespace, @Nullable JsonNode body) {
        Caller caller = request.caller();
        NamespaceRequest asked = NamespaceRequest.parse(caller, body);
        return MetadefBodies.of(catalog.change(caller, name(namespace), asked.details()));
    }

    @DELETE
    @Path("namespaces/{namespace}")
    public void delete(@PathParam("namespace") String namespace) {
        catalog.delete(request.caller(), name(namespace));
    }

    static MetadefName name(String text) {
        return PathId.of(text, MetadefName::new, ErrorCode.OBJECT_NOT_FOUND);
    }

    private List<Namespace> wanted(MultivaluedMap<String, String> asked) {
        Optional<Visibility> visibility =
                Optional.ofNullable(asked.getFirst("visibility")).map(NamespaceRequest::visibility);
        Optional<Set<String>> types =
                Optional.ofNullable(asked.getFirst("resource_types")).map(text -> Set.copyOf(List.of(text.split(","))));
        return catalog.list(request.caller()).stream()
                .filter(namespace -> visibility.isEmpty()
                        || visibility.get() == namespace.details().visibility())
                .filter(namespace -> types.isEmpty()
                        || of(namespace, Kind.RESOURCE_TYPE).stream().anyMatch(type -> types.get()
                                .contains(type.name().value())))
                .toList();
    }

    private ObjectNode summary(Namespace namespace) {
        ObjectNode body = MetadefBodies.of(namespace);
        putList(body, "resource_type_associations", resourceTypes(namespace));
        return body;
    }

    private ObjectNode details(Namespace namespace, String prefix) {
        ObjectNode body = summary(namespace);
        List<Definition> properties = of(namespace, Kind.PROPERTY);
        if (!properties.isEmpty()) {
            body.set("properties", MetadefBodies.properties(properties, prefix));
        }
        putList(
                body,
                "objects",
                of(namespace, Kind.OBJECT).stream()
                        .map(object -> MetadefBodies.object(namespace.name(), object, prefix))
                        .toList());
        putList(
                body,
                "tags",
                of(namespace, Kind.TAG).stream().map(MetadefBodies::tagName).toList());
        return body;
    }

    private List<ObjectNode> resourceTypes(Namespace namespace) {
        return of(namespace, Kind.RESOURCE_TYPE).stream()
                .map(MetadefBodies::resourceType)
                .toList();
    }

    private List<Definition> of(Namespace namespace, Kind kind) {
        return catalog.definitions(request.caller(), namespace.name(), kind);
    }

    private static void putList(ObjectNode body, String name, List<ObjectNode> entries) {
        if (!entries.isEmpty()) {
            body.putArray(name).addAll(entries);
        }
    }
}
