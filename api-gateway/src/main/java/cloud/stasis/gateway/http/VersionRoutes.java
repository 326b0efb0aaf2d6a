package cloud.stasis.gateway.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a client reads first: which versions each API speaks, and where. The forms differ because the services
/// differ; client libraries know each of them.
///
/// Routes, not REST resources: a resource at `/compute` would hide those that the doors have below it. The
/// documents never change while the gateway runs.
@ApplicationScoped
class VersionRoutes {
    private static final int OK = 200;
    private static final int MULTIPLE_CHOICES = 300;
    private static final String UPDATED = "2026-01-01T00:00:00Z";
    private static final List<String> IMAGE_VERSIONS =
            List.of("v2.9", "v2.7", "v2.6", "v2.5", "v2.4", "v2.3", "v2.2", "v2.1", "v2.0");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PublicUrls urls;

    VersionRoutes(PublicUrls urls) {
        this.urls = urls;
    }

    void install(@Observes Router router) {
        serve(router, "/identity", MULTIPLE_CHOICES, Map.of("versions", Map.of("values", List.of(identityVersion()))));
        serve(router, "/identity/v3", OK, Map.of("version", identityVersion()));
        serve(router, "/compute", OK, Map.of("versions", List.of(computeVersion())));
        serve(router, "/compute/v2.1", OK, Map.of("version", computeDetails()));
        serve(router, "/volume", MULTIPLE_CHOICES, Map.of("versions", List.of(volumeVersion())));
        serve(router, "/volume/v3", OK, Map.of("versions", List.of(volumeVersion())));
        serve(router, "/image", MULTIPLE_CHOICES, imageVersions());
        serve(router, "/image/versions", OK, imageVersions());
        serve(router, "/snapshot", OK, Map.of("versions", List.of(version("v1.0", "CURRENT", "/snapshot/v1/"))));
        serve(router, "/snapshot/v1", OK, Map.of("version", version("v1.0", "CURRENT", "/snapshot/v1/")));
    }

    /// With and without a slash at the end.
    private static void serve(Router router, String path, int status, Map<String, Object> document) {
        String body = json(document);
        router.get(path).order(Gate.FIXED_ROUTE_ORDER).handler(routing -> routing.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(body));
    }

    private Map<String, Object> imageVersions() {
        return Map.of(
                "versions",
                IMAGE_VERSIONS.stream()
                        .map(id -> Map.<String, Object>of(
                                "id",
                                id,
                                "status",
                                id.equals(IMAGE_VERSIONS.getFirst()) ? "CURRENT" : "SUPPORTED",
                                "links",
                                self("/image/v2/")))
                        .toList());
    }

    private Map<String, Object> computeDetails() {
        Map<String, Object> version = computeVersion();
        version.put("media-types", mediaTypes("application/vnd.openstack.compute+json;version=2.1"));
        return version;
    }

    private Map<String, Object> volumeVersion() {
        MicroversionRange range = MicroversionRange.VOLUME;
        Map<String, Object> version = version("v3.0", "CURRENT", "/volume/v3/");
        version.put("version", range.maximum().toString());
        version.put("min_version", range.minimum().toString());
        version.put("media-types", mediaTypes("application/vnd.openstack.volume+json;version=3"));
        return version;
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

    private static String json(Map<String, Object> document) {
        try {
            return JSON.writeValueAsString(document);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a map of strings and lists is always JSON", impossible);
        }
    }
}
