package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.compute.hypervisor.Memories;
import cloud.stasis.compute.machine.Machine;
import cloud.stasis.compute.machine.MachineFiles;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import java.nio.file.Path;
import java.util.Map;
import org.libvirt.Domain.SnapshotCreateFlags;

/// libvirt's save images: a header, an XML of its own, and QEMU's migration stream.
///
/// The XML inside is never used: a restore always gets the XML that we write for it. The one inside names the layers
/// that were active before the cut, and starting with that would write into what is frozen.
final class LibvirtMemories implements Memories {
    private static final int SAVE_PAUSED = 4;
    private static final int NO_FLAGS = 0;

    private final LibvirtConnection libvirt;
    private final LibvirtDomains domains;
    private final DomainXml xml;

    LibvirtMemories(LibvirtConnection libvirt, LibvirtDomains domains, DomainXml xml) {
        this.libvirt = libvirt;
        this.domains = domains;
        this.xml = xml;
    }

    @Override
    public void save(InstanceId instance, Path memory) {
        libvirt.change("save the memory", instance, domain -> {
            int saved = LibvirtCalls.INSTANCE.virDomainSaveFlags(
                    LibvirtCalls.handle(domain), memory.toString(), null, NO_FLAGS);
            if (saved == LibvirtCalls.FAILED) {
                throw LibvirtConnection.lastFailure("save the memory");
            }
        });
    }

    @Override
    public void cut(InstanceId instance, Path memory, Map<DeviceName, Path> layers) {
        libvirt.change("save memory and disks at one instant", instance, domain -> domain.snapshotCreateXML(
                        BackupXml.cut(memory, layers),
                        SnapshotCreateFlags.ATOMIC | SnapshotCreateFlags.NO_METADATA | SnapshotCreateFlags.REUSE_EXT)
                .free());
    }

    /// Defined first: a restored domain that was not known before would vanish when it is powered off.
    @Override
    public void restorePaused(Machine machine, MachineFiles files, Path memory) {
        domains.define(machine, files);
        int restored = LibvirtCalls.INSTANCE.virDomainRestoreFlags(
                libvirt.handle(), memory.toString(), xml.write(machine, files), SAVE_PAUSED);
        if (restored == LibvirtCalls.FAILED) {
            throw LibvirtConnection.lastFailure("restore the memory");
        }
    }
}
