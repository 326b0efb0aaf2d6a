package cloud.stasis.gateway.compute.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

@Entity(name = "ServerGroup")
@Table(name = "server_group")
class ServerGroupEntity {
    @Id
    UUID id;

    @Column(name = "project_id", nullable = false, updatable = false)
    String projectId;

    @Column(name = "user_id", nullable = false, updatable = false)
    String userId;

    @Column(nullable = false, updatable = false)
    String name;

    @Column(nullable = false, updatable = false)
    String policy;

    @Column(name = "max_per_host", nullable = false, updatable = false)
    int maxPerHost;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;
}
