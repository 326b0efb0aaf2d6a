package cloud.stasis.gateway.volume;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.VolumeId;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// How volumes of a type would be encrypted. It is kept and shown for operators; volumes of such a type are
/// refused, since nothing here encrypts them.
///
/// @param key that of the type
/// @param place who would encrypt, `front-end` or `back-end`
public record Encryption(
        UUID key,
        ProjectId project,
        String provider,
        Optional<String> cipher,
        Optional<Integer> keyBits,
        String place,
        Instant createdAt)
        implements Shelf.Item {
    @Override
    public Optional<VolumeId> about() {
        return Optional.empty();
    }
}
