package cloud.stasis.gateway.volume;

import cloud.stasis.model.ProjectId;
import cloud.stasis.model.VolumeId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// What an operator offers as a kind of group, by a name.
///
/// @param project of the operator who made it
public record GroupType(
        UUID key,
        ProjectId project,
        String name,
        Optional<String> description,
        VolumeType.Visibility visibility,
        Map<String, String> specs,
        Instant createdAt)
        implements Shelf.Item {
    @Override
    public Optional<VolumeId> about() {
        return Optional.empty();
    }

    public GroupType described(String other, Optional<String> text, VolumeType.Visibility seen) {
        return new GroupType(key, project, other, text, seen, specs, createdAt);
    }

    public GroupType specified(Map<String, String> other) {
        return new GroupType(key, project, name, description, visibility, other, createdAt);
    }
}
