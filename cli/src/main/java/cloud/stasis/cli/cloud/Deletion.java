package cloud.stasis.cli.cloud;

import cloud.stasis.model.ByteCount;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What it would mean to delete a snapshot.
public record Deletion(JsonNode json) implements Resource {
    public String snapshot() {
        return text("snapshot");
    }

    public boolean isAllowed() {
        return json.path("allowed").asBoolean(false);
    }

    public Optional<ByteCount> storeBytes() {
        return SnapshotPart.count(json.path("store_bytes"));
    }

    public Optional<ByteCount> memoryBytes() {
        return SnapshotPart.count(json.path("memory_bytes"));
    }

    public Optional<ByteCount> copiedBytes() {
        return SnapshotPart.count(json.path("copied_bytes"));
    }

    public Optional<Duration> expected() {
        JsonNode seconds = json.path("expected_seconds");
        return seconds.isNumber()
                ? Optional.of(Duration.ofMillis(Math.round(seconds.asDouble() * 1000)))
                : Optional.empty();
    }

    /// Why not, or what would be waited for.
    public String remarks() {
        List<String> remarks = new ArrayList<>();
        json.path("refusals").forEach(reason -> remarks.add(reason.asText()));
        json.path("waits").forEach(reason -> remarks.add(reason.asText()));
        return String.join(" ", remarks);
    }
}
