package cloud.stasis.gateway.saga;

import cloud.stasis.model.JobId;
import cloud.stasis.model.SagaId;
import java.util.Optional;

/// One run of a saga, as its row methods see it.
///
/// @param job that a tenant watches, if any
/// @param requestId of the API request that started it
public record Run<D>(SagaId id, D data, Optional<JobId> job, String requestId) {}
