package cloud.stasis.gateway.compute;

import cloud.stasis.model.InstanceId;
import cloud.stasis.model.SagaId;
import java.util.List;

/// What is being done for a server besides what its own row names.
@FunctionalInterface
public interface OtherWork {
    /// The sagas that are of no use once the server is to be deleted, and would hold that up.
    List<SagaId> on(InstanceId server);
}
