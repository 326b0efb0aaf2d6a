package cloud.stasis.gateway.volume;

import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.UserId;
import cloud.stasis.model.VolumeId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// One volume, as read from its row.
public record Volume(
        VolumeId id,
        ProjectId project,
        UserId user,
        Label label,
        ByteCount size,
        BackendId backend,
        VolumeState state,
        Instant createdAt,
        Instant updatedAt,
        Optional<Instant> deletedAt) {

    /// What a tenant says of it.
    public record Label(String name, Optional<String> description, Map<String, String> metadata) {
        public static final Label NONE = new Label("", Optional.empty(), Map.of());

        public Label {
            metadata = Map.copyOf(metadata);
        }
    }

    public Volume in(VolumeState next, Instant now) {
        return new Volume(id, project, user, label, size, backend, next, createdAt, now, deletedAt);
    }

    public Volume labelled(Label next, Instant now) {
        return new Volume(id, project, user, next, size, backend, state, createdAt, now, deletedAt);
    }

    public Volume deleted(Instant now) {
        return new Volume(
                id, project, user, label, size, backend, new VolumeState.Available(), createdAt, now, Optional.of(now));
    }

    public boolean isWorkedOnBy(SagaId saga) {
        return state.worker().filter(saga::equals).isPresent();
    }
}
