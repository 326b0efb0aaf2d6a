package cloud.stasis.gateway.policy.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity(name = "PolicyResult")
@Table(name = "policy_result")
class ResultEntity {
    @Id
    UUID id;

    @Column(name = "policy_id", nullable = false, updatable = false)
    UUID policyId;

    @Column(name = "due_at", nullable = false, updatable = false)
    Instant dueAt;

    @Column(name = "target_id", nullable = false, updatable = false)
    UUID targetId;

    @Column(nullable = false)
    String stage;

    @Column(name = "product_id")
    @Nullable
    UUID productId;

    @Column(name = "job_id")
    @Nullable
    UUID jobId;

    @Column
    @Nullable
    String reason;

    @Column(name = "next_look", nullable = false)
    Instant nextLook;

    @Version
    @Column(nullable = false)
    long generation;
}
