package cloud.stasis.cli.cloud;

import cloud.stasis.cli.failure.Failure;
import cloud.stasis.cli.failure.FailureType;
import cloud.stasis.cli.http.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
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
    public record Result(JsonNode json) implements Resource {
        /// Whether its job has not begun.
        public boolean isWaiting() {
            return status().equals("waiting");
        }

        /// The database keeps times less finely than they were told at first; nothing runs twice in a second.
        private boolean isOf(Result entered) {
            return text("target").equals(entered.text("target"))
                    && Duration.between(runAt(), entered.runAt()).abs().compareTo(Duration.ofSeconds(1)) < 0;
        }

        private Instant runAt() {
            try {
                return Instant.parse(text("run_at"));
            } catch (DateTimeParseException malformed) {
                throw Failure.local(FailureType.BAD_ANSWER, "a run of a policy has no time: '" + text("run_at") + "'");
            }
        }
    }

    /// What came of those that a run entered.
    public List<Result> of(List<Result> entered) {
        return results().stream()
                .filter(result -> entered.stream().anyMatch(result::isOf))
                .toList();
    }

    private static String pairs(JsonNode metadata) {
        List<String> pairs = new ArrayList<>();
        metadata.properties().forEach(pair -> pairs.add(pair.getKey() + "=" + Json.text(metadata, pair.getKey())));
        return String.join(",", pairs);
    }
}
