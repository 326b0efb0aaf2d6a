package cloud.stasis.gateway.volume;

import cloud.stasis.gateway.identity.Caller;
import cloud.stasis.gateway.volume.Volume.Label;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ProjectId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SagaId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.UserId;
import cloud.stasis.model.VolumeId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// What a volume held at one instant, kept as a bundle in the store. Each can be restored by itself, and each
/// costs only what no other bundle has: "incremental" says how it came to be, not what it needs.
///
/// @param container the tenant's word, kept and shown
/// @param original the volume, as far as it has to come back with its content
/// @param manifest of the bundle, once it is sealed
/// @param reason why it failed, if it did
public record Backup(
        UUID key,
        ProjectId project,
        UserId user,
        VolumeId volume,
        Optional<SnapshotId> snapshot,
        Label label,
        Optional<String> container,
        Mode mode,
        ByteCount size,
        Original original,
        Status status,
        Optional<SagaId> worker,
        Optional<Manifest> manifest,
        Optional<String> reason,
        Instant createdAt,
        Instant updatedAt)
        implements Shelf.Item {

    public record Original(String name, Map<String, String> metadata, Volume.Use use, Map<String, String> image) {}

    public enum Mode {
        FULL,
        INCREMENTAL
    }

    /// The names are stored; in lower case they are the volume API's words.
    public enum Status {
        CREATING,
        AVAILABLE,
        RESTORING,
        DELETING,
        ERROR,
        ERROR_DELETING
    }

    @Override
    public Optional<VolumeId> about() {
        return Optional.of(volume);
    }

    public ReferenceName reference() {
        return ReferenceName.of(new SnapshotId(key));
    }

    /// @throws java.util.NoSuchElementException before it is sealed
    public Content content() {
        return manifest.orElseThrow().parts().getFirst().content();
    }

    public Backup withId(UUID other) {
        return new Backup(
                other, project, user, volume, snapshot, label, container, mode, size, original, status, worker,
                manifest, reason, createdAt, updatedAt);
    }

    Backup in(Status next, Optional<SagaId> saga, Instant now) {
        return new Backup(
                key, project, user, volume, snapshot, label, container, mode, size, original, next, saga, manifest,
                reason, createdAt, now);
    }

    Backup failed(String why, Instant now) {
        return new Backup(
                key,
                project,
                user,
                volume,
                snapshot,
                label,
                container,
                mode,
                size,
                original,
                Status.ERROR,
                Optional.empty(),
                manifest,
                Optional.of(why),
                createdAt,
                now);
    }

    Backup sealed(Manifest bundle, Instant now) {
        return new Backup(
                key,
                project,
                user,
                volume,
                snapshot,
                label,
                container,
                mode,
                size,
                original,
                status,
                worker,
                Optional.of(bundle),
                reason,
                createdAt,
                now);
    }

    Backup labelled(Label next, Instant now) {
        return new Backup(
                key, project, user, volume, snapshot, next, container, mode, size, original, status, worker, manifest,
                reason, createdAt, now);
    }

    /// As a record described it, in the caller's project from now on.
    Backup takenBy(Caller caller, SagaId saga, Instant now) {
        return new Backup(
                key,
                caller.project(),
                caller.user(),
                volume,
                snapshot,
                label,
                container,
                mode,
                size,
                original,
                Status.CREATING,
                Optional.of(saga),
                manifest,
                Optional.empty(),
                now,
                now);
    }
}
