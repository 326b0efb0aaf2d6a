package cloud.stasis.gateway.device.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity(name = "Port")
@Table(name = "port")
class PortEntity {
    @Id
    UUID id;

    @Column(name = "instance_id", nullable = false, updatable = false)
    UUID instanceId;

    @Column(name = "network_id", nullable = false, updatable = false)
    UUID networkId;

    @Column(nullable = false, updatable = false)
    String mac;

    @Column(updatable = false)
    @Nullable
    String address;

    @Column(name = "saga_id")
    @Nullable
    UUID sagaId;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;
}
