package cloud.stasis.gateway.job;

import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.SagaId;

/// Where a job stands.
///
/// ```
/// Accepted -> Running -> Succeeded
///                 |
///                 +----> Unwinding -> Failed        (cancelled: Failed with code CANCELLED)
///                 |          |
///                 +----------+-----> Stuck -> Running or Unwinding, when an operator asks again
/// ```
public sealed interface JobState {
    record Accepted() implements JobState {
        Running toRunning(SagaId saga) {
            return new Running(saga);
        }
    }

    record Running(SagaId saga) implements JobState {
        Succeeded toSucceeded() {
            return new Succeeded();
        }

        Unwinding toUnwinding(ErrorReport cause) {
            return new Unwinding(saga, cause);
        }

        Stuck toStuck(ErrorReport failure) {
            return new Stuck(saga, failure, failure);
        }
    }

    /// What was done is being undone.
    record Unwinding(SagaId saga, ErrorReport cause) implements JobState {
        Failed toFailed() {
            return new Failed(cause);
        }

        Stuck toStuck(ErrorReport undoFailure) {
            return new Stuck(saga, cause, undoFailure);
        }
    }

    record Succeeded() implements JobState {}

    record Failed(ErrorReport cause) implements JobState {}

    /// It can go neither on nor back; an operator sees it.
    ///
    /// @param failure why it cannot
    record Stuck(SagaId saga, ErrorReport cause, ErrorReport failure) implements JobState {
        Running toRunning() {
            return new Running(saga);
        }
    }

    default boolean isOver() {
        return switch (this) {
            case Succeeded ignored -> true;
            case Failed ignored -> true;
            case Accepted ignored -> false;
            case Running ignored -> false;
            case Unwinding ignored -> false;
            case Stuck ignored -> false;
        };
    }
}
