package cloud.stasis.cli.cloud;

import cloud.stasis.cli.screen.Output;
import cloud.stasis.model.ByteCount;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/// One piece of a snapshot: a disk, the memory, the device archive.
public record SnapshotPart(JsonNode json) implements Output.Shown {

    static Optional<ByteCount> count(JsonNode bytes) {
        return bytes.isIntegralNumber() && bytes.asLong() >= 0
                ? Optional.of(ByteCount.ofBytes(bytes.asLong()))
                : Optional.empty();
    }
}
