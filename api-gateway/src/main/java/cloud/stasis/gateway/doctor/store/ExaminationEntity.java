package cloud.stasis.gateway.doctor.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity(name = "HostExamination")
@Table(name = "host_examination")
class ExaminationEntity {
    @Id
    @Column(name = "host_id")
    String hostId;

    @Column(name = "saga_id")
    @Nullable
    UUID sagaId;

    @Column(nullable = false)
    String mending;

    @Column(name = "begun_at", nullable = false)
    Instant begunAt;

    @Column(name = "ended_at")
    @Nullable
    Instant endedAt;

    @Column(columnDefinition = "longtext")
    @Nullable
    String findings;

    @Column(nullable = false)
    int more;

    @Nullable
    String error;
}
