package cloud.stasis.gateway.volume;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.VolumeId;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// That somebody outside of this cloud says to have a volume: a note, and nothing is plugged in. Servers of
/// this cloud get volumes from the compute API; their attachments stand with the volume itself.
///
/// @param server whatever the client calls one
/// @param place where it says that the volume is mounted
public record Claim(
        UUID key,
        ProjectId project,
        VolumeId volume,
        Optional<String> server,
        Optional<String> host,
        Optional<String> place,
        Mode mode,
        Stage stage,
        Instant createdAt)
        implements Shelf.Item {
    public enum Mode {
        READ_WRITE,
        READ_ONLY
    }

    /// The names are stored; in lower case they are the volume API's words.
    public enum Stage {
        RESERVED,
        ATTACHING,
        ATTACHED
    }

    @Override
    public Optional<VolumeId> about() {
        return Optional.of(volume);
    }

    Claim at(Stage next, Optional<String> on) {
        return new Claim(key, project, volume, server, on.or(() -> host), place, mode, next, createdAt);
    }
}
