package cloud.stasis.cli.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// What can be made of a snapshot, and why not more.
public record Verdict(JsonNode json) {
    /// One line for each thing that can be made of it.
    public List<String> lines() {
        List<String> lines = new ArrayList<>(List.of(line("revert", json.path("revert"))));
        json.path("clones").forEach(clone -> lines.add(line("clone", clone)));
        return lines;
    }

    private static String line(String what, JsonNode on) {
        StringBuilder line = new StringBuilder(what);
        if (on.path("host").isTextual()) {
            line.append(" on ").append(on.path("host").asText());
        }
        line.append(": ").append(on.path("outcome").asText("").replace('_', ' '));
        String before = ". ";
        for (JsonNode reason : on.path("reasons")) {
            line.append(before).append(reason.asText());
            before = " ";
        }
        return line.toString();
    }
}
