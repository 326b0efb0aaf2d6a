package cloud.stasis.cli.cloud;

import cloud.stasis.model.ByteCount;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An instance-level snapshot: what one instant of a server looked like.
public record Snapshot(JsonNode json) implements Resource {

    public String server() {
        return text("server");
    }

    public String parent() {
        return text("parent");
    }

    public String takenAt() {
        return text("taken_at");
    }

    public boolean hasMemory() {
        return json.path("memory").asBoolean(false);
    }

    /// Whether the server's history continues from here.
    public boolean isCurrent() {
        return json.path("current").asBoolean(false);
    }

    /// Whether a revert took it, of what it gave up.
    public boolean isSafety() {
        return json.path("safety").asBoolean(false);
    }

    public boolean isProtected() {
        return json.path("protected").asBoolean(false);
    }

    public Optional<ByteCount> size() {
        return SnapshotPart.count(json.path("size"));
    }

    /// What of the store its deletion gives back; empty until it was measured.
    public Optional<ByteCount> own() {
        return SnapshotPart.count(json.at("/stored/own")).or(() -> SnapshotPart.count(json.path("own")));
    }

    public List<SnapshotPart> parts() {
        List<SnapshotPart> parts = new ArrayList<>();
        json.path("parts").forEach(part -> parts.add(new SnapshotPart(part)));
        return parts;
    }

    /// What the capture did; missing until it is over.
    public JsonNode receipt() {
        return json.path("receipt");
    }
}
