package cloud.stasis.compute.hypervisor;

import cloud.stasis.compute.machine.Machine;
import cloud.stasis.compute.machine.MachineFiles;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import java.nio.file.Path;
import java.util.Map;

/// Memory and device state to a file and back. The files are whole when a call returns; a call that fails or dies may
/// leave a part of one.
public interface Memories {
    /// Saves the memory of a machine that is on and powers it off.
    void save(InstanceId instance, Path memory);

    /// Saves the memory of a paused machine and lets its disks go on in other layers, all at one instant: either both
    /// happened or neither. The machine stays paused.
    ///
    /// @param layers empty layers that stand on those in use, one for each disk
    void cut(InstanceId instance, Path memory, Map<DeviceName, Path> layers);

    /// Powers a machine on in the state of a memory file, paused. Defines it too. The file is not changed.
    ///
    /// @param machine with the devices that the memory was saved with
    void restorePaused(Machine machine, MachineFiles files, Path memory);
}
