package cloud.stasis.cli.cloud;

import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.login.Call;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Reads a list page by page. The next page is asked for by the last id, not by the link in the answer: a link may
/// name any host, and our token would go there.
final class Pages {
    /// The most that the OpenStack services give at once.
    private static final int PAGE = 1000;
    /// A server that never stops saying "next" is broken.
    private static final int MAX_PAGES = 1000;

    private Pages() {}

    /// @param collection the key of the list, such as `servers`
    static <R extends Resource> Listing<R> read(
            Call call, String collection, RowLimit limit, Function<Call, JsonNode> send, Function<JsonNode, R> view) {
        List<R> rows = new ArrayList<>();
        String marker = "";
        for (int page = 0; page < MAX_PAGES; page++) {
            int wanted = (int) Math.min(PAGE, limit.rows() - rows.size());
            Call next = call.query("limit", String.valueOf(wanted));
            JsonNode answer = send.apply(marker.isEmpty() ? next : next.query("marker", marker));
            JsonNode items = answer.path(collection);
            items.forEach(item -> rows.add(view.apply(item)));
            boolean more = !items.isEmpty() && hasNext(answer, collection);
            if (!more || rows.size() >= limit.rows()) {
                return new Listing<>(rows, more);
            }
            String last = rows.getLast().id();
            if (last.isEmpty() || last.equals(marker)) {
                return new Listing<>(rows, false);
            }
            marker = last;
        }
        return new Listing<>(rows, true);
    }

    private static boolean hasNext(JsonNode answer, String collection) {
        if (answer.hasNonNull("next")) {
            return true;
        }
        for (JsonNode link : answer.path(collection + "_links")) {
            if ("next".equals(Json.text(link, "rel"))) {
                return true;
            }
        }
        return false;
    }
}
