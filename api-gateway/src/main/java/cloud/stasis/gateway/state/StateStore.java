package cloud.stasis.gateway.state;

import cloud.stasis.model.Content;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.StateBackupId;
import java.nio.file.Path;

/// Where the bytes of backups go.
public interface StateStore {
    /// Durable when it returns; kept for an hour unless a bundle names it.
    ///
    /// @throws StasisException `STORE_UNAVAILABLE`, `NO_SPACE`
    Content put(StateBackupId backup, Path file);
}
