package cloud.stasis.gateway.saga.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity(name = "Saga")
@Table(name = "saga")
class SagaEntity {
    @Id
    UUID id;

    @Column(nullable = false, updatable = false)
    String name;

    /// The case of the progress, for operators' queries.
    @Column(nullable = false)
    String standing;

    @Column(nullable = false, columnDefinition = "longtext")
    String progress;

    @Column(nullable = false, columnDefinition = "longtext")
    String data;

    @Column(name = "job_id", updatable = false)
    @Nullable
    UUID jobId;

    @Column(name = "request_id", nullable = false, updatable = false)
    String requestId;

    @Nullable
    UUID awaited;

    @Column(name = "wake_at")
    @Nullable
    Instant wakeAt;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt;

    @Version
    @Column(nullable = false)
    long generation;
}
