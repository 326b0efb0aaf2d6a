package cloud.stasis.gateway.saga;

import cloud.stasis.model.CommandId;
import cloud.stasis.model.JobId;
import cloud.stasis.model.SagaId;
import java.time.Instant;
import java.util.Optional;

/// One run of a saga as its row holds it.
///
/// @param saga the saga's name
/// @param data what the saga knows, as JSON
/// @param awaited the command whose answer it waits for; empty once it has ended
/// @param wakeAt when to ask again if nothing was heard until then; empty once it has ended
public record StoredRun(
        SagaId id,
        String saga,
        Progress progress,
        String data,
        Optional<JobId> job,
        String requestId,
        Optional<CommandId> awaited,
        Optional<Instant> wakeAt) {

    StoredRun wakingAt(Optional<Instant> at) {
        return new StoredRun(id, saga, progress, data, job, requestId, awaited, at);
    }
}
