package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.UserId;
import cloud.stasis.model.VolumeId;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// What all volumes of a group held. Each volume has a snapshot of its own; those of one server are of one
/// instant.
///
/// @param status the volume API's word
public record GroupSnapshot(
        UUID key,
        ProjectId project,
        UserId user,
        UUID group,
        UUID type,
        Label label,
        String status,
        Optional<SagaId> worker,
        Instant createdAt)
        implements Shelf.Item {
    @Override
    public Optional<VolumeId> about() {
        return Optional.empty();
    }

    GroupSnapshot in(String word, Optional<SagaId> saga) {
        return new GroupSnapshot(key, project, user, group, type, label, word, saga, createdAt);
    }
}
