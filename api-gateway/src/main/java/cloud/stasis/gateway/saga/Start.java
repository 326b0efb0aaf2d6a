package cloud.stasis.gateway.saga;

/// A saga to begin, with what it needs to know.
public record Start<D>(Saga<D> saga, D data) {}
