package cloud.stasis.gateway.identity;

import java.util.function.Supplier;

/// Several looks at the database, or changes, as one transaction.
public interface UnitOfWork {
    /// Within the caller's transaction if there is one.
    <T> T call(Supplier<T> work);
}
