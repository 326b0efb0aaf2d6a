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
        /// Characters, as the column has them.
        public static final int MAX_NAME = 255;

        public static final Label NONE = new Label("", Optional.empty(), Map.of());

        public Label {
            metadata = Map.copyOf(metadata);
        }
    }

    /// What kind of volume it is, and where its content came from.
    ///
    /// @param snapshot the volume snapshot that it was made of
    /// @param source the volume that it is a copy of
    /// @param image what is said of the image that it was made of, or will be of one that is made of it
    /// @param group that it belongs to
    public record Nature(
            Optional<VolumeTypeId> type,
            Use use,
            Optional<SnapshotId> snapshot,
            Optional<VolumeId> source,
            Map<String, String> image,
            Optional<VolumeGroupId> group) {
        public static final Nature BLANK =
                new Nature(Optional.empty(), Use.DATA, Optional.empty(), Optional.empty(), Map.of(), Optional.empty());

        public Nature {
            image = Map.copyOf(image);
        }

        public Nature used(Use other) {
            return new Nature(type, other, snapshot, source, image, group);
        }

        public Nature typed(Optional<VolumeTypeId> other) {
            return new Nature(other, use, snapshot, source, image, group);
        }

        public Nature imaged(Map<String, String> other) {
            return new Nature(type, use, snapshot, source, other, group);
        }

        public Nature grouped(Optional<VolumeGroupId> other) {
            return new Nature(type, use, snapshot, source, image, other);
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

    public Volume withId(VolumeId other) {
        return new Volume(other, project, user, label, nature, size, backend, state, createdAt, updatedAt, deletedAt);
    }

    public Volume with(Nature next, Instant now) {
        return new Volume(id, project, user, label, next, size, backend, state, createdAt, now, deletedAt);
    }

    public Volume ownedBy(ProjectId otherProject, UserId otherUser, Instant now) {
        return new Volume(id, otherProject, otherUser, label, nature, size, backend, state, createdAt, now, deletedAt);
    }

    public Volume sized(ByteCount next, Instant now) {
        return new Volume(id, project, user, label, nature, next, backend, state, createdAt, now, deletedAt);
    }

    public boolean isWorkedOnBy(SagaId saga) {
        return state.worker().filter(saga::equals).isPresent();
    }
}
