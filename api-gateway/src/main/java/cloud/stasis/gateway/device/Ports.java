package cloud.stasis.gateway.device;

import cloud.stasis.model.InstanceId;
import cloud.stasis.model.NetworkId;
import cloud.stasis.model.PortId;
import java.util.List;
import java.util.Set;

/// The stored ports. Changes must be made within a transaction that has locked the server; who takes an address has
/// locked its network as well.
public interface Ports {
    /// In the order in which the server got them.
    List<Port> of(InstanceId instance);

    /// Waits until nobody else takes addresses of the network. What deleted servers had there is free from then on.
    void lock(NetworkId network);

    Set<String> taken(NetworkId network);

    void add(Port port);

    void save(Port port);

    void remove(PortId port);
}
