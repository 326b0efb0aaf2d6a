package cloud.stasis.gateway.saga;

import cloud.stasis.model.CommandId;
import cloud.stasis.model.SagaId;
import java.util.Optional;

/// All that a run of a saga is.
public record SagaState<D>(SagaId id, Progress progress, D data) {
    /// The command whose answer it waits for.
    public Optional<CommandId> awaited() {
        return switch (progress) {
            case Progress.Forward forward ->
                Optional.of(commandOf(forward.step().value(), forward.attempts()));
            case Progress.Backward backward ->
                Optional.of(commandOf("undo-" + backward.step().value(), backward.attempts()));
            case Progress.Completed ignored -> Optional.empty();
            case Progress.Undone ignored -> Optional.empty();
            case Progress.Stuck ignored -> Optional.empty();
        };
    }

    SagaState<D> moved(Progress next) {
        return new SagaState<>(id, next, data);
    }

    SagaState<D> knowing(D changed) {
        return new SagaState<>(id, progress, changed);
    }

    private CommandId commandOf(String step, Progress.Attempts attempts) {
        return CommandId.of(id, attempts.round() == 1 ? step : step + "#" + attempts.round());
    }
}
