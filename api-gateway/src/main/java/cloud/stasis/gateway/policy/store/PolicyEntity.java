package cloud.stasis.gateway.policy.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity(name = "SnapshotPolicy")
@Table(name = "snapshot_policy")
class PolicyEntity {
    @Id
    UUID id;

    @Column(name = "project_id", nullable = false, updatable = false)
    String projectId;

    @Column(name = "user_id", nullable = false, updatable = false)
    String userId;

    @Column(nullable = false, columnDefinition = "longtext")
    String terms;

    @Column(name = "next_run")
    @Nullable
    Instant nextRun;

    @Column(name = "last_run")
    @Nullable
    Instant lastRun;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt;

    @Version
    @Column(nullable = false)
    long generation;
}
