package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.volume.VolumeHosts;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import java.util.Optional;

/// Servers as volumes see them.
public record ServerHosts(Instances instances) implements VolumeHosts {
    @Override
    public Optional<HostId> of(InstanceId instance) {
        return instances.find(instance).flatMap(Instance::host);
    }

    @Override
    public boolean isOff(InstanceId instance) {
        return instances
                .find(instance)
                .flatMap(found -> found.state().power())
                .filter(power -> power == PowerState.STOPPED || power == PowerState.CRASHED)
                .isPresent();
    }
}
