package cloud.stasis.gateway.snapshot.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity(name = "Snapshot")
@Table(name = "snapshot")
class SnapshotEntity {
    @Id
    UUID id;

    @Column(name = "project_id", nullable = false, updatable = false)
    String projectId;

    @Column(name = "user_id", nullable = false, updatable = false)
    String userId;

    @Column(name = "instance_id", nullable = false, updatable = false)
    UUID instanceId;

    @Column(nullable = false)
    String name;

    @Column(nullable = false, updatable = false)
    String memory;

    @Column(nullable = false, updatable = false)
    String quiesce;

    @Column(nullable = false)
    String state;

    @Column(name = "saga_id")
    @Nullable
    UUID sagaId;

    @Column(name = "parent_id")
    @Nullable
    UUID parentId;

    @Column(nullable = false, columnDefinition = "longtext")
    String spec;

    @Column(columnDefinition = "longtext")
    @Nullable
    String manifest;

    @Column(name = "manifest_id", columnDefinition = "char(64)")
    @Nullable
    String manifestId;

    @Column(name = "first_verdict", columnDefinition = "longtext")
    @Nullable
    String firstVerdict;

    @Column(name = "size_bytes", nullable = false)
    long sizeBytes;

    @Column(name = "taken_at")
    @Nullable
    Instant takenAt;

    @Column(name = "before_revert", updatable = false)
    @Nullable
    String beforeRevert;

    @Column(name = "imported_image", updatable = false)
    @Nullable
    UUID importedImage;

    @Column(name = "instant_id", updatable = false)
    @Nullable
    UUID instantId;

    @Column(name = "protected", nullable = false)
    boolean isProtected;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt;

    @Version
    @Column(nullable = false)
    long generation;
}
