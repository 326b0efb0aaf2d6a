package cloud.stasis.cli.verb.store;

import cloud.stasis.cli.cloud.StoreUsage;
import cloud.stasis.cli.screen.Output.Property;
import cloud.stasis.cli.screen.Quantities;
import cloud.stasis.model.ByteCount;
import java.util.List;
import java.util.Optional;

/// How the usage of a store is shown.
final class UsageRows {
    private UsageRows() {}

    static List<Property> of(StoreUsage usage) {
        return List.of(
                new Property("project", usage.json().path("project").asText()),
                new Property("kept", bytes(usage.kept(), "-")),
                new Property("kept at most", bytes(usage.mostKept(), "no limit")),
                new Property("stored", bytes(usage.stored(), "-")),
                new Property("stored at most", bytes(usage.mostStored(), "no limit")));
    }

    private static String bytes(Optional<ByteCount> count, String otherwise) {
        return count.map(Quantities::bytes).orElse(otherwise);
    }
}
