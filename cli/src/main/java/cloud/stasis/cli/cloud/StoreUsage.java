package cloud.stasis.cli.cloud;

import cloud.stasis.cli.screen.Output;
import cloud.stasis.model.ByteCount;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/// What a project keeps in the store, and how much it may keep there.
public record StoreUsage(JsonNode json) implements Output.Shown {

    /// What images and snapshots hold, or may come to hold.
    public Optional<ByteCount> kept() {
        return SnapshotPart.count(json.path("kept_bytes"));
    }

    /// What they took up when they were measured.
    public Optional<ByteCount> stored() {
        return SnapshotPart.count(json.path("stored_bytes"));
    }

    /// Empty for no limit.
    public Optional<ByteCount> mostKept() {
        return limit("store_gigabytes");
    }

    /// Empty for no limit.
    public Optional<ByteCount> mostStored() {
        return limit("stored_gigabytes");
    }

    private Optional<ByteCount> limit(String field) {
        long gib = json.path(field).asLong(-1);
        return gib < 0 ? Optional.empty() : Optional.of(ByteCount.ofGib(gib));
    }
}
