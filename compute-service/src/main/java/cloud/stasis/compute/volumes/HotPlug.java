package cloud.stasis.compute.volumes;

import cloud.stasis.compute.devices.Unplugging;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.hypervisor.Domain;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.machine.Machine;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.StasisException;

/// Gives disks to machines that are on, and takes them.
final class HotPlug {
    private final Host host;

    HotPlug(Host host) {
        this.host = host;
    }

    boolean isIn(Instance instance, DeviceName target) {
        return host.hypervisor()
                .domains()
                .find(instance.id())
                .filter(Domain::isActive)
                .filter(domain -> domain.disks().containsKey(target))
                .isPresent();
    }

    void in(Instance instance, DeviceName target) {
        LayeredDisk disk = instance.disk(target);
        disk.willBeWritten();
        host.hypervisor().history().wipe(disk.activeFile());
        host.hypervisor().liveDisks().attach(instance.id(), disk(instance, target), disk.activeFile());
    }

    private static Machine.Disk disk(Instance instance, DeviceName target) {
        return instance.machine().disks().stream()
                .filter(disk -> disk.target().equals(target))
                .findFirst()
                .orElseThrow();
    }

    /// Takes a disk from a machine that is on, and from its definition; its record stays as it is.
    ///
    /// @throws StasisException `GUEST_REFUSED`
    void out(Instance instance, Machine.Disk disk, LayeredDisk opened) {
        Unplugging.USUAL.until(
                () -> !isIn(instance, disk.target()),
                () -> host.hypervisor().liveDisks().askFor(instance.id(), disk, opened.activeFile()),
                disk.target() + " %s: unmount it in the guest, or stop the instance, and try again");
        host.hypervisor().liveDisks().forget(instance.id(), disk, opened.activeFile());
    }
}
