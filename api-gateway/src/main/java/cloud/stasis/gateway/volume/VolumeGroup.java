package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.UserId;
import cloud.stasis.model.VolumeId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Volumes of which snapshots are taken together. Which they are stands with the volumes.
///
/// @param types that its volumes may be of
/// @param status the volume API's word
/// @param origin what it was made of
public record VolumeGroup(
        UUID key,
        ProjectId project,
        UserId user,
        Label label,
        UUID type,
        List<VolumeTypeId> types,
        String status,
        Origin origin,
        Instant createdAt)
        implements Shelf.Item {
    /// At most one of them.
    public record Origin(Optional<UUID> groupSnapshot, Optional<UUID> group) {
        public static final Origin NONE = new Origin(Optional.empty(), Optional.empty());
    }

    public VolumeGroupId id() {
        return new VolumeGroupId(key);
    }

    @Override
    public Optional<VolumeId> about() {
        return Optional.empty();
    }

    VolumeGroup labelled(Label other) {
        return new VolumeGroup(key, project, user, other, type, types, status, origin, createdAt);
    }

    VolumeGroup in(String word) {
        return new VolumeGroup(key, project, user, label, type, types, word, origin, createdAt);
    }
}
