package cloud.stasis.gateway.volume.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity(name = "Volume")
@Table(name = "volume")
class VolumeEntity {
    @Id
    UUID id;

    @Column(name = "project_id", nullable = false)
    String projectId;

    @Column(name = "user_id", nullable = false)
    String userId;

    @Column(nullable = false)
    String name;

    @Column(columnDefinition = "text")
    @Nullable
    String description;

    @Column(nullable = false, columnDefinition = "longtext")
    String metadata;

    @Column(name = "size_bytes", nullable = false)
    long sizeBytes;

    @Column(name = "backend_id", nullable = false, updatable = false)
    String backendId;

    @Column(nullable = false)
    String state;

    @Column(name = "saga_id")
    @Nullable
    UUID sagaId;

    @Column(name = "instance_id")
    @Nullable
    UUID instanceId;

    @Nullable
    String device;

    @Column(name = "on_termination")
    @Nullable
    String onTermination;

    @Column(name = "attached_at")
    @Nullable
    Instant attachedAt;

    @Column(name = "device_tag")
    @Nullable
    String deviceTag;

    @Column(name = "type_id")
    @Nullable
    UUID typeId;

    @Column(nullable = false)
    boolean bootable;

    @Column(name = "read_only", nullable = false)
    boolean readOnly;

    @Column(name = "snapshot_id", updatable = false)
    @Nullable
    UUID snapshotId;

    @Column(name = "source_id", updatable = false)
    @Nullable
    UUID sourceId;

    @Column(nullable = false, columnDefinition = "longtext")
    String image;

    @Column(name = "group_id")
    @Nullable
    UUID groupId;

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
