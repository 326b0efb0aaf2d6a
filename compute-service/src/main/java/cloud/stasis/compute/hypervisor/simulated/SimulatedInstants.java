package cloud.stasis.compute.hypervisor.simulated;

import cloud.stasis.compute.hypervisor.LiveInstants;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;

/// Simulated machines have no RAM that others could see.
final class SimulatedInstants implements LiveInstants {
    @Override
    public Series open(InstanceId instance, Output output) {
        throw new StasisException(ErrorCode.WRONG_STATE, "a simulated instance cannot be protected");
    }

    @Override
    public void clear(InstanceId instance) {}
}
