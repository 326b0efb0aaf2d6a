package cloud.stasis.gateway.state;

import cloud.stasis.model.StateBackupId;
import java.util.List;
import java.util.Optional;

/// The table of state backups. Every method runs within a transaction of its caller.
public interface StateBackupRows {
    void add(StateBackup backup);

    /// Locks the row until the transaction ends.
    Optional<StateBackup> lock(StateBackupId id);

    Optional<StateBackup> find(StateBackupId id);

    /// The newest first. Retention keeps their number small.
    List<StateBackup> all();

    void save(StateBackup backup);

    void remove(StateBackupId id);
}
