package cloud.stasis.gateway.fleet.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

@Entity(name = "Store")
@Table(name = "image_store")
class StoreEntity {
    @Id
    String id;

    @Column(name = "data_url", nullable = false)
    String dataUrl;

    @Column(name = "free_bytes", nullable = false)
    long freeBytes;

    @Column(name = "last_seen", nullable = false)
    Instant lastSeen;
}
