package cloud.stasis.gateway.saga;

import cloud.stasis.model.CommandId;
import java.util.List;
import java.util.Optional;

/// What an input leads to.
///
/// @param next the state from now on
/// @param send the command to send, if any
/// @param turns what it means for rows and job, in order
public record Decision<D>(SagaState<D> next, Optional<Sending> send, List<Turn> turns) {
    public Decision {
        turns = List.copyOf(turns);
    }

    static <D> Decision<D> nothing(SagaState<D> state) {
        return new Decision<>(state, Optional.empty(), List.of());
    }

    /// @param failures 0 to send it now; else how often it has failed: it is sent after a delay that grows with
    /// them
    public record Sending(CommandId id, StepName step, Direction direction, int failures) {
        boolean isNow() {
            return failures == 0;
        }
    }

    public enum Direction {
        DO,
        UNDO,
        /// Ask the worker to stop what it does for this step; not answered.
        CANCEL
    }
}
