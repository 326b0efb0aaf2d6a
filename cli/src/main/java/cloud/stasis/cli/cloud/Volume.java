package cloud.stasis.cli.cloud;

import cloud.stasis.cli.http.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// A volume as the block storage API shows it.
public record Volume(JsonNode json) implements Resource {

    /// The ids of the servers that it is attached to.
    public String attachedTo() {
        List<String> servers = new ArrayList<>();
        json.path("attachments").forEach(attachment -> servers.add(Json.text(attachment, "server_id")));
        return String.join(", ", servers);
    }
}
