package cloud.stasis.gateway.identity.store;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Tells a name that is taken from other failures. The database decides, so that two at once cannot both win.
final class Uniqueness {
    private static final int DUPLICATE_ENTRY = 1062;

    private Uniqueness() {}

    /// Writes what is pending.
    ///
    /// @throws StasisException `NAME_TAKEN` with `message` if a unique key says no
    static void flush(EntityManager entities, String message) {
        try {
            entities.flush();
        } catch (PersistenceException failure) {
            if (isDuplicate(failure)) {
                throw new StasisException(ErrorCode.NAME_TAKEN, message, failure);
            }
            throw failure;
        }
    }

    private static boolean isDuplicate(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getErrorCode() == DUPLICATE_ENTRY) {
                return true;
            }
        }
        return false;
    }
}
