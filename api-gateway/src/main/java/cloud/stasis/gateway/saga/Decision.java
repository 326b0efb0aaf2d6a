package cloud.stasis.gateway.saga;

import cloud.stasis.model.CommandId;
import java.time.Duration;
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

    /// @param delay zero for now; a command with a delay is not sent before it has passed
    public record Sending(CommandId id, StepName step, Direction direction, Duration delay) {}

    public enum Direction {
        DO,
        UNDO,
        /// Ask the worker to stop what it does for this step; not answered.
        CANCEL
    }
}
