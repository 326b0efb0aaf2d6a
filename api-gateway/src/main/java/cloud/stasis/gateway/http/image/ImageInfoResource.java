package cloud.stasis.gateway.http.image;

import cloud.stasis.gateway.image.ImageImport;
import cloud.stasis.gateway.image.Imports;
import cloud.stasis.model.ErrorCode;
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
    private final ImageImport imports;
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

    ImageInfoResource(ImageImport imports) {
        this.imports = imports;
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
