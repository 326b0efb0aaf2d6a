package cloud.stasis.gateway.saga;

import cloud.stasis.messages.CommandResult;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/// One step of a saga over data `D`: its command, what its result adds to the data, and how it is undone.
///
/// A step without an undo is one that leaves nothing when it fails, and whose effect may stay if a later one
/// does.
public final class Step<D> {
    private final StepName name;
    private final Function<D, Request> request;
    private final Absorber<D, ?> absorber;
    private final Optional<Function<D, Request>> undo;
    private final Turning turning;

    private Step(
            StepName name,
            Function<D, Request> request,
            Absorber<D, ?> absorber,
            Optional<Function<D, Request>> undo,
            Turning turning) {
        this.name = name;
        this.request = request;
        this.absorber = absorber;
        this.undo = undo;
        this.turning = turning;
    }

    /// A step whose result adds nothing to the data.
    public static <D> Step<D> of(String name, Function<D, Request> request) {
        return new Step<>(
                new StepName(name),
                request,
                new Absorber<D, CommandResult>(CommandResult.class, (data, result) -> data),
                Optional.empty(),
                Turning.UNWINDS);
    }

    /// @param type the result that this step must bring
    public <R extends CommandResult> Step<D> bringing(Class<R> type, BiFunction<D, R, D> absorb) {
        return new Step<>(name, request, new Absorber<>(type, absorb), undo, turning);
    }

    /// The undo must succeed also if the step never happened, or only half.
    public Step<D> undoneBy(Function<D, Request> undoing) {
        return new Step<>(name, request, absorber, Optional.of(undoing), turning);
    }

    /// Once this step is done there is no way back.
    public Step<D> committing() {
        return new Step<>(name, request, absorber, undo, Turning.COMMITS);
    }

    /// This step is never turned back from: it is done, or the saga is stuck.
    public Step<D> forwardOnly() {
        return new Step<>(name, request, absorber, undo, Turning.FORWARD_ONLY);
    }

    public StepName name() {
        return name;
    }

    public Request request(D data) {
        return request.apply(data);
    }

    public Optional<Request> undo(D data) {
        return undo.map(undoing -> undoing.apply(data));
    }

    boolean hasUndo() {
        return undo.isPresent();
    }

    boolean commits() {
        return turning == Turning.COMMITS;
    }

    boolean isForwardOnly() {
        return turning == Turning.FORWARD_ONLY;
    }

    boolean accepts(CommandResult result) {
        return absorber.type.isInstance(result);
    }

    D absorb(D data, CommandResult result) {
        return absorber.absorb(data, result);
    }

    private enum Turning {
        UNWINDS,
        COMMITS,
        FORWARD_ONLY
    }

    private record Absorber<D, R extends CommandResult>(Class<R> type, BiFunction<D, R, D> take) {
        D absorb(D data, CommandResult result) {
            return take.apply(data, type.cast(result));
        }
    }
}
