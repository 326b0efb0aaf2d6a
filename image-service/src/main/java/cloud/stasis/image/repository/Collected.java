package cloud.stasis.image.repository;

import cloud.stasis.model.ByteCount;
import java.time.Duration;

/// What a collection did.
public record Collected(int manifests, int packsRemoved, int packsRewritten, ByteCount freed, Duration took) {}
