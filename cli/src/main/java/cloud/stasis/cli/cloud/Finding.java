package cloud.stasis.cli.cloud;

import cloud.stasis.cli.http.Json;
import cloud.stasis.cli.screen.Output;
import com.fasterxml.jackson.databind.JsonNode;

/// One way in which the parts of the cloud differ from each other.
///
/// @param where `tables`, or the host
public record Finding(String where, JsonNode json) implements Output.Shown {
    public String subject() {
        return Json.text(json, "subject");
    }

    public String difference() {
        return Json.text(json, "difference");
    }

    public String plan() {
        return Json.text(json, "plan");
    }

    public boolean isSafe() {
        return json.path("safe").asBoolean(false);
    }

    /// `found`, `mended` or `failed`.
    public String outcome() {
        return Json.text(json, "outcome");
    }

    public boolean isMended() {
        return outcome().equals("mended");
    }
}
