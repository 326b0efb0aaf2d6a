package cloud.stasis.cli.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/// What could be made of a snapshot when it had just been taken; missing of one that was not taken there.
public record FirstVerdict(JsonNode json) {
    /// One line for each thing that could be made of it.
    public Map<String, String> lines() {
        Map<String, String> lines = new LinkedHashMap<>();
        if (json.isObject()) {
            lines.put("revert", line(json.path("revert")));
            for (JsonNode clone : json.path("clones")) {
                int hosts = clone.path("hosts").asInt();
                lines.merge(
                        "clone",
                        line(clone) + (hosts == 1 ? "" : " (" + hosts + " hosts)"),
                        (before, more) -> before + "; " + more);
            }
        }
        return lines;
    }

    private static String line(JsonNode judged) {
        StringBuilder line = new StringBuilder(judged.path("outcome").asText("").replace('_', ' '));
        String before = ": ";
        for (JsonNode reason : judged.path("reasons")) {
            line.append(before).append(reason.asText());
            before = " ";
        }
        return line.toString();
    }
}
