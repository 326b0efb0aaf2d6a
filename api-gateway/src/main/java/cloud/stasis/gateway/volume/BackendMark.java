package cloud.stasis.gateway.volume;

import cloud.stasis.model.BackendId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.VolumeId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// An operator's word that a backend takes no new volumes. What it has stays usable.
///
/// @param project of the operator
public record BackendMark(UUID key, ProjectId project, BackendId backend, Optional<String> reason, Instant createdAt)
        implements Shelf.Item {
    /// There is at most one mark of a backend.
    public static UUID keyOf(BackendId backend) {
        return UUID.nameUUIDFromBytes(backend.value().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Optional<VolumeId> about() {
        return Optional.empty();
    }
}
