package cloud.stasis.gateway.http;

import jakarta.ws.rs.core.MultivaluedMap;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Links to pages of a list, with everything that the caller asked for kept.
public final class PageLinks {
    private PageLinks() {}

    /// The page after the entry `marker`: path and query.
    ///
    /// @param query of this request, decoded
    public static String next(String path, MultivaluedMap<String, String> query, String marker) {
        List<String> pairs = pairs(query);
        pairs.add("marker=" + encoded(marker));
        return path + "?" + String.join("&", pairs);
    }

    /// The first page: path and, if anything was asked, the query.
    public static String first(String path, MultivaluedMap<String, String> query) {
        List<String> pairs = pairs(query);
        return pairs.isEmpty() ? path : path + "?" + String.join("&", pairs);
    }

    private static List<String> pairs(MultivaluedMap<String, String> query) {
        List<String> pairs = new ArrayList<>();
        query.forEach((name, values) -> {
            if (!name.equals("marker")) {
                values.forEach(value -> pairs.add(encoded(name) + "=" + encoded(value)));
            }
        });
        return pairs;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
