package cloud.stasis.gateway.http.volume;

import cloud.stasis.gateway.http.FaultException;
import cloud.stasis.gateway.http.Faults;
import cloud.stasis.gateway.http.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Metadata in bodies: of volumes, of their snapshots, of types.
final class Metadata {
    static final int MAX_TEXT = 255;

    private Metadata() {}

    static Map<String, String> of(@Nullable JsonNode body, String name) {
        return JsonFields.of(body)
                .only(name)
                .optionalTextMap(name, MAX_TEXT, MAX_TEXT)
                .orElseThrow(() -> new FaultException(400, "'" + name + "' is a required property"));
    }

    /// The one item that the path names.
    static Map<String, String> item(@Nullable JsonNode body, String key) {
        return requireOnly(of(body, "meta"), key);
    }

    static Map<String, String> item(Map<String, String> all, String key) {
        if (!all.containsKey(key)) {
            throw notFound(key);
        }
        return Map.of(key, all.get(key));
    }

    static Map<String, String> requireOnly(Map<String, String> item, String key) {
        if (item.size() != 1 || !item.containsKey(key)) {
            throw new FaultException(400, "The body must hold one item, the one that the path names.");
        }
        return item;
    }

    static Map<String, String> merged(Map<String, String> before, Map<String, String> added) {
        Map<String, String> merged = new TreeMap<>(before);
        merged.putAll(added);
        return merged;
    }

    static Map<String, String> without(Map<String, String> before, String key) {
        if (!before.containsKey(key)) {
            throw notFound(key);
        }
        Map<String, String> rest = new TreeMap<>(before);
        rest.remove(key);
        return rest;
    }

    private static FaultException notFound(String key) {
        return new FaultException(404, "Metadata " + Faults.shortened(key) + " could not be found.");
    }
}
