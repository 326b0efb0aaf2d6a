package cloud.stasis.compute.hypervisor;

import cloud.stasis.compute.machine.MachineFiles;
import cloud.stasis.machine.Machine;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.util.Map;

/// Memory and device state to a file and back. The files are whole when a call returns; a call that fails or
/// dies may leave a part of one.
///
/// A machine whose RAM others than the hypervisor can see ([MachineFiles#ram]) is saved and cut as a [RamImage]. In a
/// file, that shares blocks with it and so takes milliseconds, whatever its size. In memory alone, most of it is copied
/// before the cut, which only compares and copies what is different. Any other machine is saved in the hypervisor's own
/// format, which takes as long as its RAM is large. All are restored by every host.
public interface Memories {
    /// How this host keeps the RAM of guests.
    enum Keeping {
        /// In files that can share blocks with memory files.
        IN_FILES,
        /// In memory that others can map.
        IN_SHARED_MEMORY,
        /// As the hypervisor likes.
        PRIVATE
    }

    Keeping keeping();

    /// How the memory of a machine came into a file, which decides how long the machine stood still.
    enum Way {
        /// The blocks of its RAM are shared.
        SHARED,
        /// Its RAM is in a file, whose blocks cannot be shared and were copied one by one.
        COPIED,
        /// A copy of its RAM was caught up.
        COMPARED,
        /// The hypervisor wrote it, in its own format.
        SAVED
    }

    /// Does what can be done before a cut while the guest goes on, so that the cut is shorter.
    ///
    /// @param memory the file that the cut will write
    void prepareCut(InstanceId instance, Path memory);

    /// Lets go of what was prepared, whether there was a cut or not.
    void endCut(InstanceId instance);

    /// Saves the memory of a machine that is on and powers it off.
    ///
    /// Where the hypervisor does all of that in one call, it also lets the machine go on if it fails or dies.
    /// Elsewhere the machine is paused meanwhile, which `pause` is told; if such a save fails it stays paused.
    void save(InstanceId instance, Path memory, Pause pause);

    /// The time in which a machine stands still that would go on if it were let.
    interface Pause {
        /// Called before.
        void begins();

        /// Called when the file is whole, before the machine is powered off.
        ///
        /// @throws StasisException if the machine may have gone on: it is not powered off then
        void ends();
    }

    /// Saves the memory of a paused machine and lets its disks go on in other layers, all at one instant:
    /// either both happened or neither. The machine stays paused.
    ///
    /// @param layers empty layers that stand on those in use, one for each disk
    /// @return the way that was taken, which is the machine's and not always that of the host: it may have been
    ///     started when the host had another one
    Way cut(InstanceId instance, Path memory, Map<DeviceName, Path> layers);

    /// Powers a machine on in the state of a memory file, paused. The file is not changed.
    ///
    /// @param machine that is defined with these files, with the devices that the memory was saved with
    /// @param files with RAM that others can see if `memory` is a [RamImage], and without if not
    void restorePaused(Machine machine, MachineFiles files, Path memory);
}
