package cloud.stasis.compute.hypervisor;

import cloud.stasis.machine.Machine;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import java.nio.file.Path;

/// Disks that a machine is given, and gives back, while it is on. Which it has now stands in [Domain#disks].
public interface LiveDisks {
    /// Gives it a disk; its definition gets it when it is next started, since it may still have one of that name that
    /// the guest has let go.
    void attach(InstanceId instance, Machine.Disk disk, Path layer);

    /// Makes a disk larger and tells the guest. Repeatable.
    void grow(InstanceId instance, DeviceName target, ByteCount size);

    /// Asks the guest to let a disk go and returns at once. A guest that is busy booting, or does not listen,
    /// may need to be asked again.
    void askFor(InstanceId instance, Machine.Disk disk, Path layer);

    /// Takes a disk that the guest has let go from the definition too, so that the machine has it no more when it is
    /// off. Repeatable.
    void forget(InstanceId instance, Machine.Disk disk, Path layer);
}
