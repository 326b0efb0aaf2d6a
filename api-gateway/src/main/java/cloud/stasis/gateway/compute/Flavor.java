package cloud.stasis.gateway.compute;

import java.util.Map;
import java.util.Optional;

/// The size of a machine. An instance keeps a copy, so that it stays what it was made as.
///
/// @param diskGib root disk; 0 for as large as the image
/// @param extraSpecs shown, and kept with an instance
public record Flavor(
        String id,
        String name,
        Optional<String> description,
        int vcpus,
        int memoryMib,
        int diskGib,
        int ephemeralGib,
        int swapMib,
        double rxtxFactor,
        Visibility visibility,
        Map<String, String> extraSpecs) {
    public Flavor {
        extraSpecs = Map.copyOf(extraSpecs);
    }

    public Flavor specified(Map<String, String> specs) {
        return new Flavor(
                id, name, description, vcpus, memoryMib, diskGib, ephemeralGib, swapMib, rxtxFactor, visibility, specs);
    }

    public Flavor described(Optional<String> text) {
        return new Flavor(
                id, name, text, vcpus, memoryMib, diskGib, ephemeralGib, swapMib, rxtxFactor, visibility, extraSpecs);
    }

    public enum Visibility {
        PUBLIC,
        /// Seen by administrators and by the projects that were given access.
        PRIVATE
    }
}
