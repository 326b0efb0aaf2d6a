package cloud.stasis.cli.cloud;

import cloud.stasis.model.ByteCount;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/// An image as the image API shows it.
public record Image(JsonNode json) implements Resource {

    /// Empty until it is known, which is at the end of an upload.
    public Optional<ByteCount> size() {
        JsonNode size = json.path("size");
        return size.isIntegralNumber() && size.asLong() >= 0
                ? Optional.of(ByteCount.ofBytes(size.asLong()))
                : Optional.empty();
    }

    /// Whether it has come to the end of its making, well or not.
    public boolean isSettled() {
        return switch (status()) {
            case "active", "deactivated", "killed", "deleted", "pending_delete" -> true;
            default -> false;
        };
    }

    /// Whether its bytes are on their way.
    public boolean isTakenIn() {
        return switch (status()) {
            case "saving", "uploading", "importing" -> true;
            default -> false;
        };
    }

    /// Whether no bytes have come yet.
    public boolean isWaitingForData() {
        return status().equals("queued");
    }

    public boolean isActive() {
        return status().equals("active");
    }
}
