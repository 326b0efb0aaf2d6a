package cloud.stasis.gateway.snapshot;

import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.UserId;
import java.time.Instant;
import java.util.Optional;

/// One snapshot, as read from its row.
///
/// @param asked what its tenant asked for; the receipt in the manifest says what it became
/// @param spec what the machine was made of
/// @param sealed what is in the store, once it is
public record Snapshot(
        SnapshotId id,
        ProjectId project,
        UserId user,
        InstanceId instance,
        String name,
        Asked asked,
        SnapshotState state,
        Optional<SnapshotId> parent,
        InstanceSpec spec,
        Optional<SealedBundle> sealed,
        Instant createdAt,
        Instant updatedAt) {

    public record Asked(MemoryChoice memory, Quiesce quiesce) {}

    public record SealedBundle(ManifestId id, Manifest manifest) {}

    Snapshot in(SnapshotState next, Instant now) {
        return new Snapshot(id, project, user, instance, name, asked, next, parent, spec, sealed, createdAt, now);
    }

    Snapshot holding(SealedBundle bundle, Instant now) {
        return new Snapshot(
                id, project, user, instance, name, asked, state, parent, spec, Optional.of(bundle), createdAt, now);
    }

    Snapshot under(Optional<SnapshotId> next, Instant now) {
        return new Snapshot(id, project, user, instance, name, asked, state, next, spec, sealed, createdAt, now);
    }

    boolean isWorkedOnBy(SagaId saga) {
        return state.worker().filter(saga::equals).isPresent();
    }
}
