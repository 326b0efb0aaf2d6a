package cloud.stasis.gateway.saga;

import cloud.stasis.model.ErrorReport;

/// How far a saga is.
///
/// ```
///            done, more steps                 done, more undos
///              +------+                          +------+
///              v      |      failed              v      |   nothing left to undo
/// begin ---> Forward -+--------------------> Backward --+-----------------------> Undone
///              |      \                       |
///     last one |       \ failed after the     | undo failed
///      is done v        v commit point        v
///          Completed    Stuck <---------------+      Stuck --- asked again ---> Forward or Backward
/// ```
public sealed interface Progress {
    /// Waits for the answer of one command.
    sealed interface Active extends Progress {
        StepName step();

        Attempts attempts();
    }

    /// Waits for the answer to a step.
    record Forward(StepName step, Attempts attempts, Intent intent) implements Active {
        static Forward to(StepName step) {
            return new Forward(step, Attempts.FIRST, Intent.GO_ON);
        }

        Forward with(Attempts next) {
            return new Forward(step, next, intent);
        }

        Forward toCancelling() {
            return new Forward(step, attempts, Intent.CANCEL);
        }
    }

    /// Waits for the answer to the undo of a step.
    ///
    /// @param cause why it turned back
    record Backward(StepName step, Attempts attempts, ErrorReport cause) implements Active {
        static Backward to(StepName step, ErrorReport cause) {
            return new Backward(step, Attempts.FIRST, cause);
        }

        Backward with(Attempts next) {
            return new Backward(step, next, cause);
        }
    }

    record Completed() implements Progress {}

    record Undone(ErrorReport cause) implements Progress {}

    /// @param at where it would go on if it were asked again
    /// @param failure why it cannot
    record Stuck(Active at, ErrorReport failure) implements Progress {}

    enum Intent {
        GO_ON,
        /// Turn back as soon as the command under way has answered.
        CANCEL
    }

    /// How often one command was tried.
    ///
    /// @param round part of the command's id; counts the times that it failed for good and was asked for anew
    /// @param passing failures in this round that might have passed
    record Attempts(int round, int passing) {
        static final Attempts FIRST = new Attempts(1, 0);

        Attempts oncePassing() {
            return new Attempts(round, passing + 1);
        }

        Attempts anew() {
            return new Attempts(round + 1, 0);
        }
    }
}
