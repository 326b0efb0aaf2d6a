package cloud.stasis.cli.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/// What one volume held at one instant, as the block storage API shows it.
public record VolumeSnapshot(JsonNode json) implements Resource {
    /// Whether nothing is being done to it.
    public boolean isSettled() {
        return status().equals("available") || error().isPresent();
    }

    /// The word for what went wrong with it.
    public Optional<String> error() {
        return status().startsWith("error") ? Optional.of("it is " + status()) : Optional.empty();
    }
}
