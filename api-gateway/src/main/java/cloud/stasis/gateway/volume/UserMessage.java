package cloud.stasis.gateway.volume;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.VolumeId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// Why something of a tenant's went wrong, for the tenant to read later.
public record UserMessage(
        UUID key, ProjectId project, VolumeId volume, String event, String text, String requestId, Instant createdAt)
        implements Shelf.Item {
    /// How long it is kept at least; as Cinder has it.
    public static final Duration KEPT = Duration.ofDays(30);

    @Override
    public Optional<VolumeId> about() {
        return Optional.of(volume);
    }
}
