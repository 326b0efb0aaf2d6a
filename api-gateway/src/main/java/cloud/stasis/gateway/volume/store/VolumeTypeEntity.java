package cloud.stasis.gateway.volume.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity(name = "VolumeType")
@Table(name = "volume_type")
class VolumeTypeEntity {
    @Id
    UUID id;

    @Column(nullable = false)
    String name;

    @Column(columnDefinition = "text")
    @Nullable
    String description;

    @Column(name = "is_public", nullable = false)
    boolean isPublic;

    @Column(name = "extra_specs", nullable = false, columnDefinition = "longtext")
    String extraSpecs;

    @Column(nullable = false, columnDefinition = "longtext")
    String access;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;
}
