package cloud.stasis.image.repository;

import cloud.stasis.model.ByteCount;
import java.time.Duration;
import java.util.List;

/// What a scrub found.
///
/// @param read bytes of all objects
/// @param damages everything that is not what its name says
/// @param affected the bundles that cannot be read whole, whatever the reason
public record ScrubReport(long objects, ByteCount read, List<Damage> damages, List<Affected> affected, Duration took) {
    public ScrubReport {
        damages = List.copyOf(damages);
        affected = List.copyOf(affected);
    }

    public boolean isClean() {
        return damages.isEmpty() && affected.isEmpty();
    }

    /// For people.
    public String describe() {
        StringBuilder text = new StringBuilder();
        text.append("objects read:     %d, %d bytes%n".formatted(objects, read.bytes()));
        text.append("damaged objects:  %d%n".formatted(damages.size()));
        damages.forEach(damage -> text.append("  %s: %s%n".formatted(damage.object(), damage.what())));
        text.append("affected bundles: %d%n"
                .formatted(affected.stream().map(Affected::bundle).distinct().count()));
        affected.forEach(
                one -> text.append("  %s: %s misses %d blobs%n".formatted(one.bundle(), one.part(), one.missing())));
        return text.toString();
    }
}
