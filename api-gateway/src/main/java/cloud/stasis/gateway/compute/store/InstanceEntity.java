package cloud.stasis.gateway.compute.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity(name = "Instance")
@Table(name = "instance")
class InstanceEntity {
    @Id
    UUID id;

    @Column(name = "project_id", nullable = false, updatable = false)
    String projectId;

    @Column(name = "user_id", nullable = false, updatable = false)
    String userId;

    @Column(nullable = false)
    String name;

    @Nullable
    String description;

    @Column(nullable = false)
    String hostname;

    @Column(name = "key_name", updatable = false)
    @Nullable
    String keyName;

    @Column(nullable = false, columnDefinition = "longtext")
    String metadata;

    @Column(nullable = false, columnDefinition = "longtext")
    String tags;

    @Column(nullable = false, columnDefinition = "longtext")
    String remarks;

    @Column(name = "locked_by")
    @Nullable
    String lockedBy;

    @Column(name = "locked_reason")
    @Nullable
    String lockedReason;

    @Column(nullable = false, columnDefinition = "longtext")
    String flavor;

    /// What counts towards quotas and takes of its host, as `memoryBytes`: of a resized one, and of one that is
    /// about to grow, the larger of both sizes.
    @Column(nullable = false)
    int vcpus;

    /// The database finds it out, for filters.
    @Column(insertable = false, updatable = false)
    @Nullable
    String status;

    @Column(name = "memory_bytes", nullable = false)
    long memoryBytes;

    @Column(nullable = false, columnDefinition = "longtext")
    String spec;

    @Column(name = "image_id")
    @Nullable
    UUID imageId;

    @Column(columnDefinition = "longtext")
    @Nullable
    String image;

    @Column(name = "host_id")
    @Nullable
    String hostId;

    /// The image with its own disks while it is shelved.
    @Column(name = "shelf_id")
    @Nullable
    UUID shelfId;

    /// What it was before a resize that may be taken back.
    @Column(columnDefinition = "longtext")
    @Nullable
    String former;

    @Column(nullable = false)
    String stage;

    @Nullable
    String power;

    @Nullable
    String operation;

    @Nullable
    String phase;

    @Column(name = "saga_id")
    @Nullable
    UUID sagaId;

    /// The size that it will have after that, if it may be larger.
    @Column(columnDefinition = "longtext")
    @Nullable
    String growth;

    /// What keeps a standby of it.
    @Column(name = "protection_id")
    @Nullable
    UUID protectionId;

    @Column(name = "error_code")
    @Nullable
    String errorCode;

    @Column(name = "error_message")
    @Nullable
    String errorMessage;

    @Column(name = "snapshot_id")
    @Nullable
    UUID snapshotId;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt;

    @Column(name = "launched_at")
    @Nullable
    Instant launchedAt;

    @Column(name = "deleted_at")
    @Nullable
    Instant deletedAt;

    @Version
    @Column(nullable = false)
    long generation;
}
