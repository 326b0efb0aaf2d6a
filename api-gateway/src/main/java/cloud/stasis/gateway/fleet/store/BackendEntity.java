package cloud.stasis.gateway.fleet.store;

import cloud.stasis.gateway.fleet.Backend;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

@Entity(name = "Backend")
@Table(name = "storage_backend")
class BackendEntity {
    @Id
    String id;

    @Column(name = "total_bytes", nullable = false)
    long totalBytes;

    @Column(name = "free_bytes", nullable = false)
    long freeBytes;

    @Column(nullable = false)
    String name = Backend.STANDARD_NAME;

    @Column(nullable = false, columnDefinition = "longtext")
    String loose = "[]";

    @Column(name = "last_seen", nullable = false)
    Instant lastSeen;
}
