package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.volume.VolumeHosts;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import java.util.Optional;

/// Servers as volumes see them.
public record ServerHosts(Instances instances) implements VolumeHosts {
    @Override
    public Optional<HostId> of(InstanceId instance) {
        return instances.find(instance).flatMap(Instance::host);
    }
}
