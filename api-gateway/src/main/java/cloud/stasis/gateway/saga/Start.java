package cloud.stasis.gateway.saga;

import cloud.stasis.model.SagaId;

/// A saga to begin, with what it needs to know.
///
/// @param id by which rows may name it already
public record Start<D>(SagaId id, Saga<D> saga, D data) {
    /// One that no row names.
    public Start(Saga<D> saga, D data) {
        this(SagaId.random(), saga, data);
    }
}
