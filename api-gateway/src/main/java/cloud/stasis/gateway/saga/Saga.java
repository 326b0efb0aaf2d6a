package cloud.stasis.gateway.saga;

import cloud.stasis.model.ErrorReport;
import cloud.stasis.model.Phase;
import java.util.List;

/// One kind of saga: its steps, and what each turn of it means for the rows of the resource.
///
/// The methods that return nothing change rows. They are called within the transaction that stores the progress;
/// they may run more than once for one turn (the transaction is repeated after a deadlock) and must have no
/// effect outside of the database. Each checks that the row is still this saga's to change.
///
/// @param <D> what the saga knows, as a record: what it was started with and what its steps brought
public interface Saga<D> {
    /// Stored with each run; a released name never changes.
    String name();

    Class<D> dataType();

    /// All steps of a run. Their names depend on what the saga was started with, not on what its steps brought,
    /// so that the list never changes under a run.
    List<Step<D>> steps(D data);

    /// The command under way told how far it is.
    default void progressed(Run<D> run, Phase phase) {}

    /// A step is done, and its result is part of the data.
    default void stepDone(Run<D> run, StepName step) {}

    /// All steps are done.
    ///
    /// @return sagas to start in the same transaction
    List<Start<?>> completed(Run<D> run);

    /// It failed, and what had been done is undone.
    void undone(Run<D> run, ErrorReport cause);

    /// It can go neither on nor back; an operator has to look. Without this saga's help the resource would stay
    /// busy.
    void stuck(Run<D> run, ErrorReport failure);

    /// Whether nobody wants the outcome any more, so that it should turn back. Asked each time that the command
    /// under way tells how far it is.
    default boolean isUnwanted(D data) {
        return false;
    }
}
