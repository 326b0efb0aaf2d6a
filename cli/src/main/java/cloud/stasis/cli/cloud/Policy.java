package cloud.stasis.cli.cloud;

import cloud.stasis.cli.http.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// A policy: what is kept of which servers and volumes, when, and for how long.
public record Policy(JsonNode json) implements Resource {

    /// What it takes, in words.
    public String target() {
        for (String one : List.of("server", "volume")) {
            if (json.has(one)) {
                return one + " " + text(one);
            }
        }
        for (String many : List.of("servers", "volumes")) {
            if (json.has(many)) {
                return many + " with " + pairs(json.path(many).path("metadata"));
            }
        }
        return "";
    }

    public String action() {
        return json.path("memory").asBoolean(false) ? text("action") + " with memory" : text("action");
    }

    public String timing() {
        return json.has("cron") ? text("cron") + " " + text("timezone") : "every " + text("interval");
    }

    /// The counts that are not 0.
    public String retention() {
        List<String> kept = new ArrayList<>();
        json.path("retention").properties().forEach(count -> {
            if (count.getValue().asInt() > 0) {
                kept.add(count.getKey() + "=" + count.getValue().asInt());
            }
        });
        return kept.isEmpty() ? "everything" : String.join(",", kept);
    }

    public boolean isEnabled() {
        return json.path("enabled").asBoolean(false);
    }

    public List<Result> results() {
        List<Result> results = new ArrayList<>();
        json.path("results").forEach(result -> results.add(new Result(result)));
        return results;
    }

    /// What came of one run for one server or volume.
    public record Result(JsonNode json) implements Resource {}

    private static String pairs(JsonNode metadata) {
        List<String> pairs = new ArrayList<>();
        metadata.properties().forEach(pair -> pairs.add(pair.getKey() + "=" + Json.text(metadata, pair.getKey())));
        return String.join(",", pairs);
    }
}
