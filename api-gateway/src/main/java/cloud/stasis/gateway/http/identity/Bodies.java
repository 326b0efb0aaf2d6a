package cloud.stasis.gateway.http.identity;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/// The frames that Keystone puts around things.
final class Bodies {
    private Bodies() {}

    static Map<String, Object> one(String name, Object body) {
        return Map.of(name, body);
    }

    /// Keystone has no pages: both links are always null.
    static Map<String, Object> list(String name, Collection<?> entries) {
        Map<String, Object> links = new LinkedHashMap<>();
        links.put("next", null);
        links.put("self", null);
        links.put("previous", null);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(name, entries);
        body.put("links", links);
        return body;
    }
}
