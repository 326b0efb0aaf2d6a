package cloud.stasis.gateway.saga;

import cloud.stasis.model.JobId;
import cloud.stasis.model.SagaId;
import java.util.Optional;

/// A saga to begin, with what it needs to know.
///
/// @param id by which rows may name it already
/// @param job that was accepted before and waits for this; empty if it has none, or another one says so
public record Start<D>(SagaId id, Saga<D> saga, D data, Optional<JobId> job) {
    /// One without a job of its own.
    public Start(SagaId id, Saga<D> saga, D data) {
        this(id, saga, data, Optional.empty());
    }

    /// One that no row names.
    public Start(Saga<D> saga, D data) {
        this(SagaId.random(), saga, data);
    }
}
