package cloud.stasis.gateway.volume;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.VolumeId;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// An offer of a volume to whoever has the key.
///
/// @param proof the SHA-256 of the key, in hexadecimal; the key itself is told once and not kept
public record Transfer(
        UUID key,
        ProjectId project,
        VolumeId volume,
        Optional<String> name,
        String proof,
        Snapshots snapshots,
        Instant createdAt)
        implements Shelf.Item {
    /// Whether the volume's snapshots go with it.
    public enum Snapshots {
        WITH,
        WITHOUT
    }

    @Override
    public Optional<VolumeId> about() {
        return Optional.of(volume);
    }
}
