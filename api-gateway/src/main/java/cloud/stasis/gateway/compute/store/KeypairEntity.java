package cloud.stasis.gateway.compute.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;

@Entity(name = "Keypair")
@Table(name = "keypair")
@IdClass(KeypairEntity.Key.class)
class KeypairEntity {
    @Id
    @Column(name = "user_id")
    String userId;

    @Id
    String name;

    @Column(nullable = false, updatable = false)
    String type;

    @Column(name = "public_key", nullable = false, updatable = false, columnDefinition = "text")
    String publicKey;

    @Column(nullable = false, updatable = false)
    String fingerprint;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;

    record Key(String userId, String name) implements Serializable {}
}
