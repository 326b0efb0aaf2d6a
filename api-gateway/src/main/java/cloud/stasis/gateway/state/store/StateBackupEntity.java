package cloud.stasis.gateway.state.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity(name = "StateBackup")
@Table(name = "state_backup")
class StateBackupEntity {
    @Id
    UUID id;

    @Column(nullable = false, updatable = false)
    String origin;

    @Column(nullable = false)
    String status;

    @Column(name = "begun_at", nullable = false, updatable = false)
    Instant begunAt;

    @Nullable
    Long size;

    @Column(name = "error_code")
    @Nullable
    String errorCode;

    @Column(name = "error_message")
    @Nullable
    String errorMessage;
}
