package cloud.stasis.gateway.volume;

import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import java.util.Optional;

/// Where servers are that have volumes: all that volumes need to know of servers.
public interface VolumeHosts {
    Optional<HostId> of(InstanceId instance);
}
