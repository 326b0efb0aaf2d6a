package cloud.stasis.gateway.job.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity(name = "Job")
@Table(name = "job")
class JobEntity {
    @Id
    UUID id;

    @Column(name = "project_id", nullable = false, updatable = false)
    String projectId;

    @Column(name = "user_id", nullable = false, updatable = false)
    String userId;

    @Column(nullable = false, updatable = false)
    String kind;

    @Column(name = "instance_id", updatable = false)
    @Nullable
    UUID instanceId;

    @Column(name = "snapshot_id", updatable = false)
    @Nullable
    UUID snapshotId;

    @Column(name = "image_id", updatable = false)
    @Nullable
    UUID imageId;

    @Column(name = "volume_id", updatable = false)
    @Nullable
    UUID volumeId;

    @Column(nullable = false)
    String state;

    @Column(name = "saga_id")
    @Nullable
    UUID sagaId;

    @Column(nullable = false)
    String phase;

    @Column(name = "done_bytes", nullable = false)
    long doneBytes;

    @Column(name = "total_bytes", nullable = false)
    long totalBytes;

    @Column(nullable = false)
    int percent;

    @Column(name = "phase_since", nullable = false)
    Instant phaseSince;

    @Column(name = "error_code")
    @Nullable
    String errorCode;

    @Column(name = "error_message")
    @Nullable
    String errorMessage;

    @Column(name = "stuck_code")
    @Nullable
    String stuckCode;

    @Column(name = "stuck_message")
    @Nullable
    String stuckMessage;

    @Column(name = "client_token", updatable = false)
    @Nullable
    String clientToken;

    @Column(name = "request_id", nullable = false, updatable = false)
    String requestId;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt;
}
