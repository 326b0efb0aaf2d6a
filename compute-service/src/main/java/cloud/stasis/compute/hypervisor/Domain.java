package cloud.stasis.compute.hypervisor;

import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import java.nio.file.Path;
import java.util.Map;

/// A machine as the hypervisor sees it.
///
/// @param state never `SUSPENDED`: that is the agent's word for a machine that is off and whose memory is in a file
/// @param disks the file that each disk writes to, or would write to if it ran
public record Domain(InstanceId instance, PowerState state, Map<DeviceName, Path> disks) {
    public Domain {
        disks = Map.copyOf(disks);
    }

    /// Whether a process has the disks open.
    public boolean isActive() {
        return switch (state) {
            case RUNNING, PAUSED -> true;
            case SUSPENDED, STOPPED, CRASHED -> false;
        };
    }
}
