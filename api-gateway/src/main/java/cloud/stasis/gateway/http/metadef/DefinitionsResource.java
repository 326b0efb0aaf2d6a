package cloud.stasis.gateway.http.metadef;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.JsonFields;
import cloud.stasis.gateway.http.metadef.Listing.Entry;
import cloud.stasis.gateway.http.metadef.Listing.Keys;
import cloud.stasis.gateway.metadef.Definition;
import cloud.stasis.gateway.metadef.Definition.Draft;
import cloud.stasis.gateway.metadef.Definition.Kind;
import cloud.stasis.gateway.metadef.MetadefCatalog;
import cloud.stasis.gateway.metadef.MetadefLimits;
import cloud.stasis.gateway.metadef.MetadefName;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What stands in a namespace: associations with resource types, properties, objects and tags.
@Path("image/v2/metadefs")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Transactional
public class DefinitionsResource {
    /// Before each path, and not before the class: JAX-RS would choose this class for the namespace itself, too.
    private static final String IN_NAMESPACE = "namespaces/{namespace}/";

    private final CurrentRequest request;
    private final MetadefCatalog catalog;

    DefinitionsResource(CurrentRequest request, MetadefCatalog catalog) {
        this.request = request;
        this.catalog = catalog;
    }

    @GET
    @Path(IN_NAMESPACE + "resource_types")
    public Map<String, Object> resourceTypes(@PathParam("namespace") String namespace) {
        List<ObjectNode> associations = all(namespace, Kind.RESOURCE_TYPE).stream()
                .map(MetadefBodies::resourceType)
                .toList();
        return Map.of("resource_type_associations", associations);
    }

    @POST
    @Path(IN_NAMESPACE + "resource_types")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response associate(@PathParam("namespace") String namespace, @Nullable JsonNode body) {
        return created(MetadefBodies.resourceType(define(namespace, DefinitionRequest.resourceType(body))));
    }

    @DELETE
    @Path(IN_NAMESPACE + "resource_types/{name}")
    public void dissociate(@PathParam("namespace") String namespace, @PathParam("name") String name) {
        undefine(namespace, Kind.RESOURCE_TYPE, name);
    }

    @GET
    @Path(IN_NAMESPACE + "properties")
    public Map<String, Object> properties(@PathParam("namespace") String namespace) {
        return Map.of("properties", MetadefBodies.properties(all(namespace, Kind.PROPERTY), ""));
    }

    @POST
    @Path(IN_NAMESPACE + "properties")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response addProperty(@PathParam("namespace") String namespace, @Nullable JsonNode body) {
        return created(MetadefBodies.property(define(namespace, DefinitionRequest.property(body))));
    }

    /// @param resourceType the name then begins with the prefix that properties have on things of this type
    @GET
    @Path(IN_NAMESPACE + "properties/{name}")
    public ObjectNode property(
            @PathParam("namespace") String namespace,
            @PathParam("name") String name,
            @QueryParam("resource_type") @Nullable String resourceType) {
        String prefix =
                resourceType == null ? "" : MetadefBodies.prefix(one(namespace, Kind.RESOURCE_TYPE, resourceType));
        if (!name.startsWith(prefix)) {
            throw new FaultException(
                    404, "The property does not start with the expected resource type association prefix.");
        }
        return MetadefBodies.property(one(namespace, Kind.PROPERTY, name.substring(prefix.length())));
    }

    @PUT
    @Path(IN_NAMESPACE + "properties/{name}")
    @Consumes(MediaType.APPLICATION_JSON)
    public ObjectNode changeProperty(
            @PathParam("namespace") String namespace, @PathParam("name") String name, @Nullable JsonNode body) {
        return MetadefBodies.property(redefine(namespace, name, DefinitionRequest.property(body)));
    }

    @DELETE
    @Path(IN_NAMESPACE + "properties/{name}")
    public void deleteProperty(@PathParam("namespace") String namespace, @PathParam("name") String name) {
        undefine(namespace, Kind.PROPERTY, name);
    }

    @DELETE
    @Path(IN_NAMESPACE + "properties")
    public void deleteProperties(@PathParam("namespace") String namespace) {
        undefineAll(namespace, Kind.PROPERTY);
    }

    @GET
    @Path(IN_NAMESPACE + "objects")
    public Map<String, Object> objects(@PathParam("namespace") String namespace, @Context UriInfo uri) {
        List<ObjectNode> objects = page(namespace, Kind.OBJECT, uri).stream()
                .map(object -> MetadefBodies.object(name(namespace), object))
                .toList();
        return Map.of(
                "objects",
                objects,
                "schema",
                "/v2/schemas/metadefs/objects",
                "first",
                MetadefBodies.link(name(namespace)) + "/objects");
    }

    @POST
    @Path(IN_NAMESPACE + "objects")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response addObject(@PathParam("namespace") String namespace, @Nullable JsonNode body) {
        return created(MetadefBodies.object(name(namespace), define(namespace, DefinitionRequest.object(body))));
    }

    @GET
    @Path(IN_NAMESPACE + "objects/{name}")
    public ObjectNode object(@PathParam("namespace") String namespace, @PathParam("name") String name) {
        return MetadefBodies.object(name(namespace), one(namespace, Kind.OBJECT, name));
    }

    @PUT
    @Path(IN_NAMESPACE + "objects/{name}")
    @Consumes(MediaType.APPLICATION_JSON)
    public ObjectNode changeObject(
            @PathParam("namespace") String namespace, @PathParam("name") String name, @Nullable JsonNode body) {
        return MetadefBodies.object(name(namespace), redefine(namespace, name, DefinitionRequest.object(body)));
    }

    @DELETE
    @Path(IN_NAMESPACE + "objects/{name}")
    public void deleteObject(@PathParam("namespace") String namespace, @PathParam("name") String name) {
        undefine(namespace, Kind.OBJECT, name);
    }

    @DELETE
    @Path(IN_NAMESPACE + "objects")
    public void deleteObjects(@PathParam("namespace") String namespace) {
        undefineAll(namespace, Kind.OBJECT);
    }

    @GET
    @Path(IN_NAMESPACE + "tags")
    public Map<String, Object> tags(@PathParam("namespace") String namespace, @Context UriInfo uri) {
        return tags(page(namespace, Kind.TAG, uri));
    }

    /// Instead of those that it has, if the caller does not say otherwise.
    @POST
    @Path(IN_NAMESPACE + "tags")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response addTags(
            @PathParam("namespace") String namespace,
            @HeaderParam("X-Openstack-Append") @Nullable String append,
            @Nullable JsonNode body) {
        JsonFields fields = DefinitionRequest.writable(body).only("tags");
        List<Draft> drafts = body == null
                ? List.of()
                : DefinitionRequest.entries(fields, "tags", body).stream()
                        .map(DefinitionRequest::tag)
                        .toList();
        return created(tags(
                "true".equalsIgnoreCase(append)
                        ? catalog.define(request.caller(), name(namespace), drafts)
                        : catalog.replaceAll(request.caller(), name(namespace), Kind.TAG, drafts)));
    }

    @POST
    @Path(IN_NAMESPACE + "tags/{name}")
    @Consumes(MediaType.WILDCARD)
    public Response addTag(@PathParam("namespace") String namespace, @PathParam("name") String name) {
        return created(MetadefBodies.tag(define(namespace, DefinitionRequest.tag(new MetadefName(name)))));
    }

    @GET
    @Path(IN_NAMESPACE + "tags/{name}")
    public ObjectNode tag(@PathParam("namespace") String namespace, @PathParam("name") String name) {
        return MetadefBodies.tag(one(namespace, Kind.TAG, name));
    }

    @PUT
    @Path(IN_NAMESPACE + "tags/{name}")
    @Consumes(MediaType.APPLICATION_JSON)
    public ObjectNode changeTag(
            @PathParam("namespace") String namespace, @PathParam("name") String name, @Nullable JsonNode body) {
        return MetadefBodies.tag(redefine(namespace, name, DefinitionRequest.tag(body)));
    }

    @DELETE
    @Path(IN_NAMESPACE + "tags/{name}")
    public void deleteTag(@PathParam("namespace") String namespace, @PathParam("name") String name) {
        undefine(namespace, Kind.TAG, name);
    }

    @DELETE
    @Path(IN_NAMESPACE + "tags")
    public void deleteTags(@PathParam("namespace") String namespace) {
        undefineAll(namespace, Kind.TAG);
    }

    private List<Definition> all(String namespace, Kind kind) {
        return catalog.definitions(request.caller(), name(namespace), kind);
    }

    private List<Definition> page(String namespace, Kind kind, UriInfo uri) {
        Listing listing = Listing.parse(uri.getQueryParameters(), MetadefLimits.DEFINITIONS);
        List<Entry<Definition>> entries = all(namespace, kind).stream()
                .map(found -> new Entry<>(found, new Keys(found.name(), found.createdAt(), found.updatedAt())))
                .toList();
        return listing.of(entries).stream().map(Entry::value).toList();
    }

    private Definition one(String namespace, Kind kind, String name) {
        return catalog.definition(request.caller(), name(namespace), kind, name(name));
    }

    private Definition define(String namespace, Draft draft) {
        return catalog.define(request.caller(), name(namespace), draft);
    }

    private Definition redefine(String namespace, String name, Draft draft) {
        return catalog.redefine(request.caller(), name(namespace), name(name), draft);
    }

    private void undefine(String namespace, Kind kind, String name) {
        catalog.undefine(request.caller(), name(namespace), kind, name(name));
    }

    private void undefineAll(String namespace, Kind kind) {
        catalog.undefineAll(request.caller(), name(namespace), kind);
    }

    private static Map<String, Object> tags(List<Definition> tags) {
        return Map.of("tags", tags.stream().map(MetadefBodies::tagName).toList());
    }

    private static Response created(Object body) {
        return Response.status(Response.Status.CREATED).entity(body).build();
    }

    private static MetadefName name(String text) {
        return NamespacesResource.name(text);
    }
}
