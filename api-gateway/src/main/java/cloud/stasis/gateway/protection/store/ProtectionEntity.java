package cloud.stasis.gateway.protection.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity(name = "Protection")
@Table(name = "protection")
class ProtectionEntity {
    @Id
    UUID id;

    @Column(name = "project_id", nullable = false, updatable = false)
    String projectId;

    @Column(name = "user_id", nullable = false, updatable = false)
    String userId;

    @Column(name = "instance_id", nullable = false, updatable = false)
    UUID instanceId;

    @Column(name = "source_id", nullable = false, updatable = false)
    String sourceId;

    @Column(name = "standby_id", nullable = false, updatable = false)
    String standbyId;

    @Column(name = "standby_url")
    @Nullable
    String standbyUrl;

    @Column(name = "interval_ms", nullable = false)
    long intervalMs;

    @Column(nullable = false)
    String output;

    @Column(nullable = false)
    String failover;

    @Column(nullable = false)
    String stage;

    @Column(name = "saga_id")
    @Nullable
    UUID sagaId;

    /// Waits for a failover.
    @Column(name = "job_id")
    @Nullable
    UUID jobId;

    @Nullable
    String reason;

    /// That the server went on from.
    @Nullable
    Long epoch;

    @Column(name = "epoch_at")
    @Nullable
    Instant epochAt;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt;

    @Version
    @Column(nullable = false)
    long generation;
}
