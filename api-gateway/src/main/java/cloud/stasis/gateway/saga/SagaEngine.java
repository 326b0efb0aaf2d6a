package cloud.stasis.gateway.saga;

import cloud.stasis.gateway.saga.Decision.Direction;
import cloud.stasis.gateway.saga.Decision.Sending;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.SagaId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Decides what a saga does next. Pure: no clock, no rows, no bus; the same state and input always give the same
/// decision.
///
/// | the awaited command | forward | past the commit point, or backward |
/// |---|---|---|
/// | is done | next step | next step, or the undo before it |
/// | failed for good | turn back, this step's own undo first | asked anew, [#MAX_ROUNDS] times, then stuck |
/// | failed but may pass | asked again, [#MAX_PASSING] times, then as above | asked again, without end |
/// | has an unknown outcome | asked again, without end | asked again, without end |
/// | is silent | asked again, without end | asked again, without end |
///
/// An answer to any other command is late or a repetition and changes nothing.
public final class SagaEngine {
    /// Times that a failure which may pass is waited out before it counts: with delays that begin at a second,
    /// about a minute.
    static final int MAX_PASSING = 6;

    /// Times that something which must succeed is tried before a person has to look.
    static final int MAX_ROUNDS = 3;

    private static final ErrorReport CANCELLED = new ErrorReport(ErrorCode.CANCELLED, "cancelled on request");

    private SagaEngine() {}

    /// The first command of a new run. A saga has at least one step.
    public static <D> Decision<D> begin(Saga<D> saga, SagaId id, D data) {
        StepName first = saga.steps(data).getFirst().name();
        return entering(new SagaState<>(id, Progress.Forward.to(first), data), Direction.DO, List.of());
    }

    public static <D> Decision<D> advance(Saga<D> saga, SagaState<D> state, Input input) {
        List<Step<D>> steps = saga.steps(state.data());
        return switch (state.progress()) {
            case Progress.Forward forward -> forward(steps, state, forward, input);
            case Progress.Backward backward -> backward(steps, state, backward, input);
            case Progress.Stuck stuck ->
                input instanceof Input.AskedAgain ? askedAgain(state, stuck) : Decision.nothing(state);
            case Progress.Completed ignored -> Decision.nothing(state);
            case Progress.Undone ignored -> Decision.nothing(state);
        };
    }

    /// Whether it can still turn back.
    public static <D> boolean canTurnBack(Saga<D> saga, SagaState<D> state) {
        return switch (state.progress()) {
            case Progress.Forward forward -> {
                List<Step<D>> steps = saga.steps(state.data());
                yield !isCommitted(steps, position(steps, forward.step()));
            }
            case Progress.Backward ignored -> true;
            case Progress.Completed ignored -> false;
            case Progress.Undone ignored -> false;
            case Progress.Stuck ignored -> false;
        };
    }

    private static <D> Decision<D> forward(List<Step<D>> steps, SagaState<D> state, Progress.Forward at, Input input) {
        int position = position(steps, at.step());
        Step<D> step = steps.get(position);
        return switch (input) {
            case Input.Done done
            when isAwaited(state, done.command()) ->
                step.accepts(done.result())
                        ? stepDone(steps, state, at, done.result())
                        : failed(steps, state, at, unexpected(done.result()));
            case Input.Failed failed
            when isAwaited(state, failed.command()) -> failed(steps, state, at, failed.error());
            case Input.Done ignored -> Decision.nothing(state);
            case Input.Failed ignored -> Decision.nothing(state);
            case Input.Silence ignored -> entering(state, Direction.DO, List.of());
            case Input.CancelAsked ignored ->
                isCommitted(steps, position) || at.intent() == Progress.Intent.CANCEL
                        ? Decision.nothing(state)
                        : cancelling(state, at);
            case Input.AskedAgain ignored -> Decision.nothing(state);
        };
    }

    private static <D> Decision<D> stepDone(
            List<Step<D>> steps, SagaState<D> state, Progress.Forward at, CommandResult result) {
        int position = position(steps, at.step());
        SagaState<D> absorbed = state.knowing(steps.get(position).absorb(state.data(), result));
        List<Turn> turns = new ArrayList<>(List.of(new Turn.StepDone(at.step())));
        if (position + 1 == steps.size()) {
            turns.add(new Turn.Completed());
            return new Decision<>(absorbed.moved(new Progress.Completed()), Optional.empty(), turns);
        }
        if (at.intent() == Progress.Intent.CANCEL && !isCommitted(steps, position + 1)) {
            return turnBack(steps, absorbed, position, CANCELLED, turns);
        }
        Progress next = Progress.Forward.to(steps.get(position + 1).name());
        return entering(absorbed.moved(next), Direction.DO, turns);
    }

    private static <D> Decision<D> failed(
            List<Step<D>> steps, SagaState<D> state, Progress.Forward at, ErrorReport error) {
        int position = position(steps, at.step());
        boolean committed = isCommitted(steps, position);
        boolean mayTurnBack = !committed && at.intent() == Progress.Intent.CANCEL && isDefinite(error);
        if (!mayTurnBack && isWorthAsking(error, at.attempts(), committed)) {
            return askLater(state.moved(at.with(at.attempts().oncePassing())), Direction.DO, at.attempts());
        }
        if (!committed) {
            return turnBack(steps, state, position, error, new ArrayList<>());
        }
        return anewOrStuck(state, at, at.with(at.attempts().anew()), Direction.DO, error);
    }

    private static <D> Decision<D> backward(
            List<Step<D>> steps, SagaState<D> state, Progress.Backward at, Input input) {
        return switch (input) {
            case Input.Done done
            when isAwaited(state, done.command()) ->
                undoBefore(steps, state, position(steps, at.step()), at.cause(), new ArrayList<>());
            case Input.Failed failed
            when isAwaited(state, failed.command()) ->
                failed.error().code().kind().isRetryable()
                        ? askLater(state.moved(at.with(at.attempts().oncePassing())), Direction.UNDO, at.attempts())
                        : anewOrStuck(state, at, at.with(at.attempts().anew()), Direction.UNDO, failed.error());
            case Input.Done ignored -> Decision.nothing(state);
            case Input.Failed ignored -> Decision.nothing(state);
            case Input.Silence ignored -> entering(state, Direction.UNDO, List.of());
            case Input.CancelAsked ignored -> Decision.nothing(state);
            case Input.AskedAgain ignored -> Decision.nothing(state);
        };
    }

    /// The failing step's own undo comes first: the step may have half happened.
    private static <D> Decision<D> turnBack(
            List<Step<D>> steps, SagaState<D> state, int position, ErrorReport cause, List<Turn> turns) {
        turns.add(new Turn.Unwinding(cause));
        return undoBefore(steps, state, position + 1, cause, turns);
    }

    private static <D> Decision<D> undoBefore(
            List<Step<D>> steps, SagaState<D> state, int position, ErrorReport cause, List<Turn> turns) {
        for (int at = position - 1; at >= 0; at--) {
            if (steps.get(at).hasUndo()) {
                Progress next = Progress.Backward.to(steps.get(at).name(), cause);
                return entering(state.moved(next), Direction.UNDO, turns);
            }
        }
        turns.add(new Turn.Undone(cause));
        return new Decision<>(state.moved(new Progress.Undone(cause)), Optional.empty(), turns);
    }

    private static <D> Decision<D> anewOrStuck(
            SagaState<D> state, Progress.Active failed, Progress.Active anew, Direction direction, ErrorReport error) {
        if (anew.attempts().round() <= MAX_ROUNDS) {
            return askLater(state.moved(anew), direction, failed.attempts());
        }
        return new Decision<>(
                state.moved(new Progress.Stuck(failed, error)), Optional.empty(), List.of(new Turn.Stuck(error)));
    }

    private static <D> Decision<D> askedAgain(SagaState<D> state, Progress.Stuck stuck) {
        // The round of the next command must be one that no worker has recorded a failure of.
        return switch (stuck.at()) {
            case Progress.Forward forward ->
                entering(state.moved(forward.with(forward.attempts().anew())), Direction.DO, List.of());
            case Progress.Backward backward ->
                entering(state.moved(backward.with(backward.attempts().anew())), Direction.UNDO, List.of());
        };
    }

    private static <D> Decision<D> cancelling(SagaState<D> state, Progress.Forward at) {
        SagaState<D> next = state.moved(at.toCancelling());
        return new Decision<>(next, sending(next, Direction.CANCEL, 0), List.of());
    }

    private static <D> Decision<D> entering(SagaState<D> next, Direction direction, List<Turn> turns) {
        return new Decision<>(next, sending(next, direction, 0), turns);
    }

    private static <D> Decision<D> askLater(SagaState<D> next, Direction direction, Progress.Attempts before) {
        return new Decision<>(next, sending(next, direction, before.passing() + before.round()), List.of());
    }

    private static <D> Optional<Sending> sending(SagaState<D> next, Direction direction, int failures) {
        return next.awaited()
                .map(command -> new Sending(command, ((Progress.Active) next.progress()).step(), direction, failures));
    }

    private static boolean isWorthAsking(ErrorReport error, Progress.Attempts attempts, boolean committed) {
        return !isDefinite(error)
                || error.code().kind().isRetryable() && (committed || attempts.passing() < MAX_PASSING);
    }

    private static boolean isDefinite(ErrorReport error) {
        return error.code().kind() != ErrorKind.UNKNOWN_OUTCOME;
    }

    private static <D> boolean isCommitted(List<Step<D>> steps, int position) {
        return position < steps.size() && steps.get(position).isForwardOnly()
                || steps.subList(0, position).stream().anyMatch(Step::commits);
    }

    private static <D> boolean isAwaited(SagaState<D> state, CommandId command) {
        return state.awaited().filter(command::equals).isPresent();
    }

    private static <D> int position(List<Step<D>> steps, StepName name) {
        for (int at = 0; at < steps.size(); at++) {
            if (steps.get(at).name().equals(name)) {
                return at;
            }
        }
        throw new IllegalStateException("a saga has no step " + name + " any more");
    }

    private static ErrorReport unexpected(CommandResult result) {
        return new ErrorReport(
                ErrorCode.INTERNAL,
                "a worker answered with an unexpected " + result.getClass().getSimpleName());
    }
}
