package cloud.stasis.gateway.http.image;

import cloud.stasis.gateway.http.CurrentRequest;
import cloud.stasis.gateway.image.ImageImport;
import cloud.stasis.gateway.image.Imports;
import cloud.stasis.gateway.quota.Quotas;
import cloud.stasis.gateway.quota.Resource;
import cloud.stasis.gateway.storage.Storage;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.StasisException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the image API says about itself. glanceclient reads the schema of images before most commands.
@Path("image/v2")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class ImageInfoResource {
    private static final long MIB_PER_GIB = 1024;

    private final CurrentRequest request;
    private final ImageImport imports;
    private final Storage storage;
    private final Quotas quotas;
    private final Map<String, String> schemas = Stream.of(
                    "image",
                    "images",
                    "member",
                    "members",
                    "metadefs/namespace",
                    "metadefs/namespaces",
                    "metadefs/resource_type",
                    "metadefs/resource_types",
                    "metadefs/property",
                    "metadefs/properties",
                    "metadefs/object",
                    "metadefs/objects",
                    "metadefs/tag",
                    "metadefs/tags")
            .collect(Collectors.toUnmodifiableMap(Function.identity(), ImageInfoResource::read));

    @GET
    @Path("schemas/{name: .+}")
    public String schema(@PathParam("name") String name) {
        String schema = schemas.get(name);
        if (schema == null) {
            throw new StasisException(ErrorCode.OBJECT_NOT_FOUND, "There is no such schema.");
        }
        return schema;
    }

    ImageInfoResource(CurrentRequest request, ImageImport imports, Storage storage, Quotas quotas) {
        this.request = request;
        this.imports = imports;
        this.storage = storage;
        this.quotas = quotas;
    }

    @GET
    @Path("info/import")
    public Map<String, Object> imports() {
        return Map.of(
                "import-methods",
                Map.of(
                        "description",
                        "Import methods available.",
                        "type",
                        "array",
                        "value",
                        ImportResource.methods(imports)));
    }

    @GET
    @Path("info/stores")
    public Map<String, Object> stores() {
        return Map.of("stores", List.of(Map.of("id", Imports.STORE, "default", "true")));
    }

    /// Sizes are in MiB, and count snapshots as well: both are kept in one store.
    @GET
    @Path("info/usage")
    public Map<String, Object> usage() {
        ProjectId project = request.caller().project();
        Storage.Use use = storage.use(project);
        long gib = use.limits().getOrDefault(Resource.STORE_GIB, Resource.UNLIMITED);
        return Map.of(
                "usage",
                Map.of(
                        "image_size_total",
                        usage(
                                gib == Resource.UNLIMITED ? gib : gib * MIB_PER_GIB,
                                use.kept().mibRoundedUp()),
                        "image_count_total",
                        usage(
                                use.limits().getOrDefault(Resource.IMAGES, Resource.UNLIMITED),
                                quotas.used(project).getOrDefault(Resource.IMAGES, 0L))));
    }

    private static Map<String, Long> usage(long limit, long used) {
        return Map.of("limit", limit, "usage", used);
    }

    private static String read(String name) {
        try (InputStream file = ImageInfoResource.class.getResourceAsStream("/image-schemas/" + name + ".json")) {
            if (file == null) {
                throw new IllegalStateException("the schema " + name + " is not built in");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
