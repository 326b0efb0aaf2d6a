package cloud.stasis.gateway.saga;

import cloud.stasis.model.CommandId;
import cloud.stasis.model.SagaId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The stored runs of all sagas. Every method must be called within a transaction.
public interface SagaLog {
    void add(StoredRun run);

    /// @throws RuntimeException when the transaction commits, if somebody else has saved the run since it was
    /// read; the transaction is then repeated
    void save(StoredRun run);

    Optional<StoredRun> find(SagaId saga);

    /// The run that waits for the answer to this command.
    Optional<StoredRun> awaiting(CommandId command);

    /// Runs whose time to ask again has come, longest overdue first.
    List<SagaId> due(Instant now, int limit);
}
