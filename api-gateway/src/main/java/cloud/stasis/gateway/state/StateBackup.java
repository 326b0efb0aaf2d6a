package cloud.stasis.gateway.state;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.StateBackupId;
import java.time.Instant;
import java.util.Optional;

/// One backup of the control plane's own state.
///
/// @param begunAt shortly before the instant that it shows
/// @param size of the dump, once that is known
public record StateBackup(StateBackupId id, Origin origin, Status status, Instant begunAt, Optional<ByteCount> size) {
    /// Who wanted it.
    public enum Origin {
        /// An operator: it stays until one deletes it.
        REQUEST,
        /// The schedule: it goes when enough newer ones are there.
        SCHEDULE,
        /// Found in the store.
        STORE
    }

    public sealed interface Status {
        /// The database is being read.
        record Dumping() implements Status {}

        /// All bytes are in the store, and it is being named.
        record Saving() implements Status {}

        record Available() implements Status {}

        record Error(ErrorReport reason) implements Status {}
    }

    StateBackup with(Status other) {
        return new StateBackup(id, origin, other, begunAt, size);
    }

    StateBackup saving(ByteCount dumped) {
        return new StateBackup(id, origin, new Status.Saving(), begunAt, Optional.of(dumped));
    }

    boolean isAvailable() {
        return status instanceof Status.Available;
    }

    boolean isScheduled() {
        return origin == Origin.SCHEDULE;
    }
}
