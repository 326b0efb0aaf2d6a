package cloud.stasis.gateway.volume.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity(name = "VolumeRecord")
@Table(name = "volume_record")
class RecordEntity {
    @Id
    UUID id;

    @Column(nullable = false, updatable = false)
    String kind;

    @Column(name = "project_id", nullable = false)
    String projectId;

    @Column(name = "volume_id")
    @Nullable
    UUID volumeId;

    @Column(nullable = false, columnDefinition = "longtext")
    String body;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;

    @Version
    @Column(nullable = false)
    long generation;
}
