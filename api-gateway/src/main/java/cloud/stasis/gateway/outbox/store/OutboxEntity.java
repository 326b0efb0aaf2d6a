package cloud.stasis.gateway.outbox.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

@Entity(name = "OutboxRow")
@Table(name = "outbox")
class OutboxEntity {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    long number;

    @Column(nullable = false, updatable = false)
    String topic;

    @Column(name = "command_id", nullable = false, updatable = false)
    UUID commandId;

    @Column(nullable = false, updatable = false)
    String type;

    @Column(nullable = false, updatable = false, columnDefinition = "longblob")
    byte[] payload;

    @Column(name = "request_id", nullable = false, updatable = false)
    String requestId;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;
}
