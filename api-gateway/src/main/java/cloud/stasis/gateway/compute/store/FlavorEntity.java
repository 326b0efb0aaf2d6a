package cloud.stasis.gateway.compute.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

@Entity(name = "Flavor")
@Table(name = "flavor")
class FlavorEntity {
    @Id
    String id;

    @Column(nullable = false)
    String name;

    @Column(columnDefinition = "text")
    @Nullable
    String description;

    @Column(nullable = false)
    int vcpus;

    @Column(name = "memory_mib", nullable = false)
    int memoryMib;

    @Column(name = "disk_gib", nullable = false)
    int diskGib;

    @Column(name = "ephemeral_gib", nullable = false)
    int ephemeralGib;

    @Column(name = "swap_mib", nullable = false)
    int swapMib;

    @Column(name = "rxtx_factor", nullable = false)
    double rxtxFactor;

    @Column(name = "is_public", nullable = false)
    boolean isPublic;

    @Column(name = "extra_specs", nullable = false, columnDefinition = "longtext")
    String extraSpecs;

    @Column(nullable = false, columnDefinition = "longtext")
    String access;

    @Column(name = "created_at", nullable = false, updatable = false)
    Instant createdAt;
}
