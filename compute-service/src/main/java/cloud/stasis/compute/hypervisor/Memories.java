package cloud.stasis.compute.hypervisor;

import cloud.stasis.compute.machine.Machine;
import cloud.stasis.compute.machine.MachineFiles;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import java.nio.file.Path;
import java.util.Map;

/// Memory and device state to a file and back. The files are whole when a call returns; a call that fails or
/// dies may leave a part of one.
///
/// A machine that was powered on with its RAM in a file ([MachineFiles#ram]) is saved and cut as a [RamImage],
/// which shares blocks with that file and so takes milliseconds, whatever its size; any other machine in the
/// hypervisor's own format, which takes as long as its RAM is large. Both are restored by every host.
public interface Memories {
    /// Whether memory files of this host can share blocks with the RAM of guests. If not, there is nothing to
    /// be gained by RAM in a file.
    boolean canShare();

    /// Brings what can be written before a cut to the disk, while the guest goes on, so that the cut is
    /// shorter.
    void prepareCut(InstanceId instance);

    /// Saves the memory of a machine that is on and powers it off.
    void save(InstanceId instance, Path memory);

    /// Saves the memory of a paused machine and lets its disks go on in other layers, all at one instant:
    /// either both happened or neither. The machine stays paused.
    ///
    /// @param layers empty layers that stand on those in use, one for each disk
    void cut(InstanceId instance, Path memory, Map<DeviceName, Path> layers);

    /// Powers a machine on in the state of a memory file, paused. Defines it too. The file is not changed.
    ///
    /// @param machine with the devices that the memory was saved with
    /// @param files with a file for the RAM if `memory` is a [RamImage], and without one if not
    void restorePaused(Machine machine, MachineFiles files, Path memory);
}
