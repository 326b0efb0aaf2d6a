package cloud.stasis.gateway.volume;

import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import java.util.Optional;

/// Where servers are that have volumes, and whether they run: all that volumes need to know of servers.
public interface VolumeHosts {
    Optional<HostId> of(InstanceId instance);

    /// Whether nothing of the server's memory depends on what its volumes hold.
    boolean isOff(InstanceId instance);
}
