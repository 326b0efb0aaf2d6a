package cloud.stasis.image.repository;

import cloud.stasis.model.ByteCount;
import java.time.Duration;

/// What a collection did.
public record Collected(int manifests, int packsRemoved, int packsRewritten, ByteCount freed, Duration took) {
    static final Collected NOTHING = new Collected(0, 0, 0, ByteCount.ZERO, Duration.ZERO);

    Collected plus(Collected more) {
        return new Collected(
                manifests + more.manifests,
                packsRemoved + more.packsRemoved,
                packsRewritten + more.packsRewritten,
                freed.plus(more.freed),
                took.plus(more.took));
    }

    Collected after(Duration time) {
        return new Collected(manifests, packsRemoved, packsRewritten, freed, time);
    }
}
