package cloud.stasis.gateway.volume.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity(name = "VolumeSnapshot")
@Table(name = "volume_snapshot")
class VolumeSnapshotEntity {
    @Id
    UUID id;

    @Column(name = "project_id", nullable = false)
    String projectId;

    @Column(name = "user_id", nullable = false)
    String userId;

    @Column(name = "volume_id", nullable = false, updatable = false)
    UUID volumeId;

    @Column(name = "backend_id", nullable = false, updatable = false)
    String backendId;

    @Column(nullable = false)
    String name;

    @Column(columnDefinition = "text")
    @Nullable
    String description;

    @Column(nullable = false, columnDefinition = "longtext")
    String metadata;

    @Column(name = "size_bytes", nullable = false, updatable = false)
    long sizeBytes;

    @Column(nullable = false)
    String state;

    @Column(nullable = false)
    String progress;

    @Column(name = "saga_id")
    @Nullable
    UUID sagaId;

    @Column(name = "group_snapshot_id", updatable = false)
    @Nullable
    UUID groupSnapshotId;

    @Column(nullable = false, updatable = false)
    String occasion;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt;

    @Column(name = "deleted_at")
    @Nullable
    Instant deletedAt;

    @Version
    @Column(nullable = false)
    long generation;
}
