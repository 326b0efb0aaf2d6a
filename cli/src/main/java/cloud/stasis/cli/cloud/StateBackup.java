package cloud.stasis.cli.cloud;

import cloud.stasis.cli.http.Json;
import com.fasterxml.jackson.databind.JsonNode;

/// A backup of the control plane's own state.
public record StateBackup(JsonNode json) implements Resource {
    /// Nothing more will happen by itself.
    public boolean isSettled() {
        return isAvailable() || status().equals("error");
    }

    public boolean isAvailable() {
        return status().equals("available");
    }

    public String errorMessage() {
        return Json.text(json.path("error"), "message");
    }
}
