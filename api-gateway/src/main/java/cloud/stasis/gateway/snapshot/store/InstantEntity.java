package cloud.stasis.gateway.snapshot.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity(name = "SharedInstant")
@Table(name = "shared_instant")
class InstantEntity {
    @Id
    UUID id;

    @Column(name = "project_id", nullable = false, updatable = false)
    String projectId;

    @Column(name = "user_id", nullable = false, updatable = false)
    String userId;

    @Column(nullable = false, updatable = false)
    String name;

    @Column(nullable = false, updatable = false)
    int servers;

    @Column(name = "taken_at")
    @Nullable
    Instant takenAt;

    @Nullable
    Integer hosts;

    @Column(name = "skew_micros")
    @Nullable
    Long skewMicros;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;
}
