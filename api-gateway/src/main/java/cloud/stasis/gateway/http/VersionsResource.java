package cloud.stasis.gateway.http;

import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a client reads first: which versions each API speaks, and where. The forms differ because the services
/// differ; client libraries know each of them.
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public class VersionsResource {
    private static final int MULTIPLE_CHOICES = 300;
    private static final String UPDATED = "2026-01-01T00:00:00Z";
    private static final List<String> IMAGE_VERSIONS =
            List.of("v2.9", "v2.7", "v2.6", "v2.5", "v2.4", "v2.3", "v2.2", "v2.1", "v2.0");

    private final PublicUrls urls;

    VersionsResource(PublicUrls urls) {
        this.urls = urls;
    }

    @GET
    @Path("identity")
    public Response identity() {
        return choices(Map.of("versions", Map.of("values", List.of(identityVersion()))));
    }

    @GET
    @Path("identity/v3")
    public Map<String, Object> identityV3() {
        return Map.of("version", identityVersion());
    }

    @GET
    @Path("compute")
    public Map<String, Object> compute() {
        return Map.of("versions", List.of(computeVersion()));
    }

    @GET
    @Path("compute/v2.1")
    public Map<String, Object> computeV21() {
        Map<String, Object> version = computeVersion();
        version.put("media-types", mediaTypes("application/vnd.openstack.compute+json;version=2.1"));
        return Map.of("version", version);
    }

    @GET
    @Path("volume")
    public Response volume() {
        return choices(volumeV3());
    }

    @GET
    @Path("volume/v3")
    public Map<String, Object> volumeV3() {
        MicroversionRange range = MicroversionRange.VOLUME;
        Map<String, Object> version = version("v3.0", "CURRENT", "/volume/v3/");
        version.put("version", range.maximum().toString());
        version.put("min_version", range.minimum().toString());
        version.put("media-types", mediaTypes("application/vnd.openstack.volume+json;version=3"));
        return Map.of("versions", List.of(version));
    }

    @GET
    @Path("image")
    public Response image() {
        return choices(imageVersions());
    }

    @GET
    @Path("image/versions")
    public Map<String, Object> imageVersions() {
        List<Map<String, Object>> versions = IMAGE_VERSIONS.stream()
                .map(id -> Map.<String, Object>of(
                        "id",
                        id,
                        "status",
                        id.equals(IMAGE_VERSIONS.getFirst()) ? "CURRENT" : "SUPPORTED",
                        "links",
                        self("/image/v2/")))
                .toList();
        return Map.of("versions", versions);
    }

    @GET
    @Path("snapshot")
    public Map<String, Object> snapshot() {
        return Map.of("versions", List.of(version("v1.0", "CURRENT", "/snapshot/v1/")));
    }

    @GET
    @Path("snapshot/v1")
    public Map<String, Object> snapshotV1() {
        return Map.of("version", version("v1.0", "CURRENT", "/snapshot/v1/"));
    }

    private Map<String, Object> identityVersion() {
        Map<String, Object> version = version("v3.14", "stable", "/identity/v3/");
        version.put("media-types", mediaTypes("application/vnd.openstack.identity-v3+json"));
        return version;
    }

    private Map<String, Object> computeVersion() {
        MicroversionRange range = MicroversionRange.COMPUTE;
        Map<String, Object> version = version("v2.1", "CURRENT", "/compute/v2.1/");
        version.put("version", range.maximum().toString());
        version.put("min_version", range.minimum().toString());
        return version;
    }

    private Map<String, Object> version(String id, String status, String path) {
        Map<String, Object> version = new LinkedHashMap<>();
        version.put("id", id);
        version.put("status", status);
        version.put("updated", UPDATED);
        version.put("links", self(path));
        return version;
    }

    private List<Map<String, String>> self(String path) {
        return List.of(Map.of("rel", "self", "href", urls.of(path)));
    }

    private static List<Map<String, String>> mediaTypes(String type) {
        return List.of(Map.of("base", "application/json", "type", type));
    }

    private static Response choices(Map<String, Object> body) {
        return Response.status(MULTIPLE_CHOICES).entity(body).build();
    }
}
