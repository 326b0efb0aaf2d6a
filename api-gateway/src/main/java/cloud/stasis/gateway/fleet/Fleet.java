package cloud.stasis.gateway.fleet;

import cloud.stasis.messages.Heartbeat;
import cloud.stasis.model.HostId;
import cloud.stasis.model.StoreId;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/// The stored workers.
public interface Fleet {
    /// Must be called within a transaction.
    void heard(Heartbeat heartbeat);

    Optional<Host> find(HostId host);

    /// All hosts that were ever heard of, by id.
    List<Host> hosts();

    /// As [#hosts], and nobody else places an instance before this transaction ends.
    List<Host> lockHosts();

    /// Must be called within a transaction.
    void declare(HostId host, Host.Service service);

    /// Until it is heard of again. Must be called within a transaction.
    void forget(HostId host);

    List<Backend> backends();

    /// Where a store takes and gives bytes; empty if it was never heard of.
    Optional<URI> dataOf(StoreId store);
}
