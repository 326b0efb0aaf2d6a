package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.saga.Start;
import cloud.stasis.model.InstanceId;
import java.util.List;

/// What else is of no use once a server is gone, besides what its own deletion removes.
@FunctionalInterface
public interface GoesWithServer {
    /// Called in the transaction in which the server is gone.
    ///
    /// @return sagas to start in it
    List<Start<?>> after(InstanceId gone);

    /// All that these say.
    static GoesWithServer all(List<GoesWithServer> others) {
        List<GoesWithServer> known = List.copyOf(others);
        return gone ->
                known.stream().flatMap(other -> other.after(gone).stream()).toList();
    }
}
