package cloud.stasis.cli.cloud;

import cloud.stasis.cli.http.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A volume as the block storage API shows it.
public record Volume(JsonNode json) implements Resource {

    /// Whether nothing is being done to it.
    public boolean isSettled() {
        return status().equals("available") || status().equals("in-use") || isInError();
    }

    /// The word for what went wrong with it.
    public Optional<String> error() {
        return isInError() ? Optional.of("it is " + status()) : Optional.empty();
    }

    public boolean isInError() {
        return status().startsWith("error");
    }

    /// The ids of the servers that it is attached to.
    public String attachedTo() {
        List<String> servers = new ArrayList<>();
        json.path("attachments").forEach(attachment -> servers.add(Json.text(attachment, "server_id")));
        return String.join(", ", servers);
    }
}
