package cloud.stasis.gateway.volume;

import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
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
        Nature nature,
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

    /// What kind of volume it is, and where its content came from.
    ///
    /// @param snapshot the volume snapshot that it was made of
    /// @param source the volume that it is a copy of
    public record Nature(
            Optional<VolumeTypeId> type, Use use, Optional<SnapshotId> snapshot, Optional<VolumeId> source) {
        public static final Nature BLANK = new Nature(Optional.empty(), Use.DATA, Optional.empty(), Optional.empty());

        public Nature used(Use other) {
            return new Nature(type, other, snapshot, source);
        }
    }

    /// What its owner says that it is for.
    ///
    /// @param isBootable a server may boot from it
    public record Use(boolean isBootable, Access access) {
        public static final Use DATA = new Use(false, Access.READ_WRITE);
    }

    public enum Access {
        READ_WRITE,
        READ_ONLY
    }

    public Volume in(VolumeState next, Instant now) {
        return new Volume(id, project, user, label, nature, size, backend, next, createdAt, now, deletedAt);
    }

    public Volume labelled(Label next, Instant now) {
        return new Volume(id, project, user, next, nature, size, backend, state, createdAt, now, deletedAt);
    }

    public Volume deleted(Instant now) {
        return new Volume(
                id,
                project,
                user,
                label,
                nature,
                size,
                backend,
                new VolumeState.Available(),
                createdAt,
                now,
                Optional.of(now));
    }

    public Volume used(Use next, Instant now) {
        return new Volume(id, project, user, label, nature.used(next), size, backend, state, createdAt, now, deletedAt);
    }

    public Volume sized(ByteCount next, Instant now) {
        return new Volume(id, project, user, label, nature, next, backend, state, createdAt, now, deletedAt);
    }

    public boolean isWorkedOnBy(SagaId saga) {
        return state.worker().filter(saga::equals).isPresent();
    }
}
