package cloud.stasis.gateway.fleet.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

@Entity(name = "Host")
@Table(name = "host")
class HostEntity {
    @Id
    String id;

    @Column(name = "data_url", nullable = false)
    String dataUrl;

    @Column(nullable = false)
    String hypervisor;

    @Column(name = "virt_type", nullable = false)
    String virtType;

    @Column(nullable = false)
    int vcpus;

    @Column(name = "memory_bytes", nullable = false)
    long memoryBytes;

    @Column(name = "disk_total_bytes", nullable = false)
    long diskTotalBytes;

    @Column(name = "disk_free_bytes", nullable = false)
    long diskFreeBytes;

    @Nullable
    String captures;

    @Column(columnDefinition = "longtext")
    @Nullable
    String cpu;

    @Column(name = "takes_servers", nullable = false, insertable = false, updatable = false)
    boolean takesServers = true;

    @Column(name = "disabled_reason", insertable = false, updatable = false)
    @Nullable
    String disabledReason;

    @Column(name = "forced_down", nullable = false, insertable = false, updatable = false)
    boolean forcedDown;

    @Column(name = "first_seen", nullable = false, updatable = false)
    Instant firstSeen;

    @Column(name = "last_seen", nullable = false)
    Instant lastSeen;
}
