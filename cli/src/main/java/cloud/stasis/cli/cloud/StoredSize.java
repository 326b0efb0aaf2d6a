package cloud.stasis.cli.cloud;

import cloud.stasis.cli.screen.Output.Property;
import cloud.stasis.cli.screen.Quantities;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;

/// What an image or a snapshot takes up in the store.
public record StoredSize(JsonNode json) {
    /// What is known of it: what it holds alone, what others of the project hold too and, for administrators, what
    /// nothing else in the store holds.
    public List<Property> rows() {
        return Stream.of("own", "shared", "sole")
                .flatMap(word -> SnapshotPart.count(json.path(word)).stream()
                        .map(bytes -> new Property("stored: " + word, Quantities.bytes(bytes))))
                .toList();
    }
}
