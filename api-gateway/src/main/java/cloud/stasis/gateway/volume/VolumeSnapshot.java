package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.model.BackendId;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.UserId;
import cloud.stasis.model.VolumeId;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// What one volume held at one instant.
///
/// @param size of the volume then
/// @param group the snapshot of a group that it belongs to
public record VolumeSnapshot(
        SnapshotId id,
        ProjectId project,
        UserId user,
        VolumeId volume,
        BackendId backend,
        Label label,
        ByteCount size,
        Optional<UUID> group,
        Occasion occasion,
        State state,
        Instant createdAt,
        Instant updatedAt,
        Optional<Instant> deletedAt) {

    /// Why it was taken. The names are stored.
    public enum Occasion {
        ON_REQUEST,
        /// A revert was about to give up what the volume held: its safety snapshot.
        BEFORE_REVERT
    }

    /// One that is to be taken of a volume.
    public static VolumeSnapshot of(
            Volume volume,
            SnapshotId id,
            UserId user,
            Label label,
            Optional<UUID> group,
            Occasion occasion,
            SagaId saga,
            Instant now) {
        return new VolumeSnapshot(
                id,
                volume.project(),
                user,
                volume.id(),
                volume.backend(),
                label,
                volume.size(),
                group,
                occasion,
                new State.Creating(saga),
                now,
                now,
                Optional.empty());
    }

    /// Where a snapshot stands.
    ///
    /// ```
    ///  Creating ---> Available <---> Restoring
    ///      |             |
    ///      v             v
    ///    Failed ---> Deleting
    /// ```
    public sealed interface State {
        record Creating(SagaId saga) implements State {}

        record Available() implements State {}

        /// Its volume goes back to it.
        record Restoring(SagaId saga) implements State {}

        record Deleting(SagaId saga) implements State {}

        record Failed() implements State {}

        /// An operator's word, with no work behind it.
        ///
        /// @param progress as `80%`
        record Marked(String word, String progress) implements State {}

        default Optional<SagaId> worker() {
            return switch (this) {
                case Creating creating -> Optional.of(creating.saga());
                case Restoring restoring -> Optional.of(restoring.saga());
                case Deleting deleting -> Optional.of(deleting.saga());
                case Available ignored -> Optional.empty();
                case Failed ignored -> Optional.empty();
                case Marked ignored -> Optional.empty();
            };
        }

        default String status() {
            return switch (this) {
                case Creating ignored -> "creating";
                case Restoring ignored -> "restoring";
                case Deleting ignored -> "deleting";
                case Available ignored -> "available";
                case Failed ignored -> "error";
                case Marked marked -> marked.word();
            };
        }

        default String progress() {
            return switch (this) {
                case Available ignored -> "100%";
                case Restoring ignored -> "100%";
                case Creating ignored -> "0%";
                case Deleting ignored -> "0%";
                case Failed ignored -> "0%";
                case Marked marked -> marked.progress();
            };
        }
    }

    public VolumeSnapshot in(State next, Instant now) {
        return new VolumeSnapshot(
                id, project, user, volume, backend, label, size, group, occasion, next, createdAt, now, deletedAt);
    }

    public VolumeSnapshot labelled(Label next, Instant now) {
        return new VolumeSnapshot(
                id, project, user, volume, backend, next, size, group, occasion, state, createdAt, now, deletedAt);
    }

    public VolumeSnapshot ownedBy(ProjectId otherProject, UserId otherUser, Instant now) {
        return new VolumeSnapshot(
                id,
                otherProject,
                otherUser,
                volume,
                backend,
                label,
                size,
                group,
                occasion,
                state,
                createdAt,
                now,
                deletedAt);
    }

    public VolumeSnapshot deleted(Instant now) {
        return new VolumeSnapshot(
                id,
                project,
                user,
                volume,
                backend,
                label,
                size,
                group,
                occasion,
                new State.Available(),
                createdAt,
                now,
                Optional.of(now));
    }

    public boolean isSafety() {
        return occasion == Occasion.BEFORE_REVERT;
    }

    public boolean isWorkedOnBy(SagaId saga) {
        return state.worker().filter(saga::equals).isPresent();
    }
}
