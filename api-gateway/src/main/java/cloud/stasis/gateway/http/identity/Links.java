package cloud.stasis.gateway.http.identity;

import cloud.stasis.gateway.http.PublicUrls;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;

/// Links of the identity API to its own things.
@ApplicationScoped
class Links {
    private final PublicUrls urls;

    Links(PublicUrls urls) {
        this.urls = urls;
    }

    /// @param path below `/identity/v3`
    Map<String, String> self(String path) {
        return Map.of("self", urls.of("/identity/v3/" + path));
    }
}
