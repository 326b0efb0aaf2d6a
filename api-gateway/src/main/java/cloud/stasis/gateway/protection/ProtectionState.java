package cloud.stasis.gateway.protection;

import cloud.stasis.model.JobId;
import cloud.stasis.model.SagaId;
import java.time.Instant;
import java.util.Optional;

/// Where a protection stands.
///
/// | from | to | when |
/// |---|---|---|
/// | Preparing | Syncing | the standby is ready to take epochs |
/// | Syncing | Protected | the first epoch is on the standby, or other settings hold |
/// | Protected | Syncing | other settings are asked for |
/// | Preparing, Syncing, Protected, Broken | Removing | nobody wants it any more |
/// | Syncing, Protected, Broken, FailingOver(HANDING_OVER) | FailingOver | it is asked for, or necessary |
/// | FailingOver | TakenOver | the server runs on what was the standby |
/// | FailingOver, Preparing, Syncing | Broken | that failed, and a person may choose |
/// | Broken | Protected | its hosts tell that it works |
public sealed interface ProtectionState {
    /// The saga that may change it; empty if any may begin.
    default Optional<SagaId> worker() {
        return Optional.empty();
    }

    /// Whether the server of this protection may get another one.
    default boolean isOver() {
        return false;
    }

    /// The standby gets ready.
    record Preparing(SagaId saga) implements ProtectionState {
        @Override
        public Optional<SagaId> worker() {
            return Optional.of(saga);
        }

        Syncing toSyncing() {
            return new Syncing(saga);
        }
    }

    /// The first epoch is on its way, or other settings are.
    record Syncing(SagaId saga) implements ProtectionState {
        @Override
        public Optional<SagaId> worker() {
            return Optional.of(saga);
        }
    }

    /// Epochs flow; how well, its hosts tell.
    record Protected() implements ProtectionState {
        Syncing toSyncing(SagaId saga) {
            return new Syncing(saga);
        }
    }

    /// On its way to the standby.
    ///
    /// @param saga that takes it over; it has not begun while the source is being fenced
    /// @param job whoever waits for that
    record FailingOver(SagaId saga, JobId job, Step step) implements ProtectionState {
        @Override
        public Optional<SagaId> worker() {
            return Optional.of(saga);
        }

        FailingOver takingOver() {
            return new FailingOver(saga, job, Step.TAKING_OVER);
        }

        boolean isFencing() {
            return step == Step.FENCING;
        }

        TakenOver toTakenOver(SagaId clearing, long epoch, Instant at) {
            return new TakenOver(clearing, epoch, at);
        }
    }

    enum Step {
        /// The source stops the server and sends what the standby lacks.
        HANDING_OVER,
        /// Until the source surely does not run the server.
        FENCING,
        /// From here on the standby is, or may be, the server.
        TAKING_OVER
    }

    /// The server goes on where its standby was.
    ///
    /// @param saga that removes what its former source still has of it
    /// @param epoch that it went on from
    /// @param at the instant of that epoch
    record TakenOver(SagaId saga, long epoch, Instant at) implements ProtectionState {
        @Override
        public Optional<SagaId> worker() {
            return Optional.of(saga);
        }

        @Override
        public boolean isOver() {
            return true;
        }
    }

    /// It ends.
    record Removing(SagaId saga) implements ProtectionState {
        @Override
        public Optional<SagaId> worker() {
            return Optional.of(saga);
        }
    }

    /// What was begun with it failed. The standby keeps what it has.
    record Broken(String reason) implements ProtectionState {}

    /// Nobody wants it any more; whatever saga works on it loses its hold.
    default Removing toRemoving(SagaId saga) {
        return new Removing(saga);
    }

    /// Whatever saga works on it loses its hold.
    default FailingOver toFailingOver(SagaId saga, JobId job, Step step) {
        return new FailingOver(saga, job, step);
    }
}
