package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.compute.hypervisor.LiveDisks;
import cloud.stasis.machine.Machine;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import java.nio.file.Path;
import org.jboss.logging.Logger;
import org.libvirt.Domain;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;

/// Hot-plug through libvirt.
final class LibvirtDisks implements LiveDisks {
    private static final Logger LOG = Logger.getLogger(LibvirtDisks.class);

    // As in libvirt's headers.
    private static final int LIVE = 1;
    private static final int CONFIG = 2;
    private static final int INACTIVE = 2;

    private final LibvirtConnection libvirt;
    private final DomainXml xml;

    LibvirtDisks(LibvirtConnection libvirt, DomainXml xml) {
        this.libvirt = libvirt;
        this.xml = xml;
    }

    @Override
    public void attach(InstanceId instance, Machine.Disk disk, Path layer) {
        libvirt.change(
                "attach a volume", instance, domain -> domain.attachDeviceFlags(xml.writeDisk(disk, layer), LIVE));
    }

    @Override
    public void grow(InstanceId instance, DeviceName target, ByteCount size) {
        libvirt.change(
                "make a volume larger",
                instance,
                domain -> domain.blockResize(target.value(), size.bytes(), Domain.BlockResizeFlags.BYTES));
    }

    /// QEMU refuses to ask a guest that it is still asking, which is no failure.
    @Override
    public void askFor(InstanceId instance, Machine.Disk disk, Path layer) {
        String device = xml.writeDisk(disk, layer);
        libvirt.change("detach a volume", instance, domain -> {
            try {
                domain.detachDeviceFlags(device, LIVE);
            } catch (LibvirtException e) {
                if (LibvirtConnection.code(e) == ErrorNumber.VIR_ERR_NO_DOMAIN) {
                    throw e;
                }
                LOG.infof("The guest is still being asked for a disk instanceId=%s said=%s", instance, e.getMessage());
            }
        });
    }

    @Override
    public void forget(InstanceId instance, Machine.Disk disk, Path layer) {
        String device = xml.writeDisk(disk, layer);
        libvirt.change("detach a volume", instance, domain -> {
            if (DomainXml.disks(Xml.parse(domain.getXMLDesc(INACTIVE))).containsKey(disk.target())) {
                domain.detachDeviceFlags(device, CONFIG);
            }
        });
    }
}
