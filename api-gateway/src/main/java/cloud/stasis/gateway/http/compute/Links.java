package cloud.stasis.gateway.http.compute;

import cloud.stasis.gateway.http.PageLinks;
import cloud.stasis.gateway.http.PublicUrls;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;
import java.util.Map;

/// Links in bodies of the compute API.
@ApplicationScoped
class Links {
    private final PublicUrls urls;

    Links(PublicUrls urls) {
        this.urls = urls;
    }

    /// @param path below the API, such as `servers/<id>`
    List<Map<String, String>> of(String path) {
        return List.of(link("self", "/compute/v2.1/" + path), bookmark(path));
    }

    List<Map<String, String>> bookmarkOf(String path) {
        return List.of(bookmark(path));
    }

    /// The next page of a list.
    List<Map<String, String>> next(String path, MultivaluedMap<String, String> query, String marker) {
        return List.of(link("next", PageLinks.next("/compute/v2.1/" + path, query, marker)));
    }

    String server(String id) {
        return urls.of("/compute/v2.1/servers/" + id);
    }

    String image(String id) {
        return urls.of("/image/v2/images/" + id);
    }

    /// Clients of old microversions take the last segment of it.
    String imageLocation(String id) {
        return urls.of("/image/images/" + id);
    }

    private Map<String, String> bookmark(String path) {
        return link("bookmark", "/compute/" + path);
    }

    private Map<String, String> link(String relation, String path) {
        return Map.of("rel", relation, "href", urls.of(path));
    }
}
