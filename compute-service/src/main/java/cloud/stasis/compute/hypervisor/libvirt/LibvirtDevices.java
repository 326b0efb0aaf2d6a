package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.compute.hypervisor.Bridges;
import cloud.stasis.compute.hypervisor.LiveDevices;
import cloud.stasis.machine.Machine;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.MacAddress;
import cloud.stasis.model.NetworkId;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;

/// Hot-plug of network interfaces and change of media through libvirt.
final class LibvirtDevices implements LiveDevices {
    private static final Logger LOG = Logger.getLogger(LibvirtDevices.class);

    // As in libvirt's headers.
    private static final int LIVE = 1;
    private static final int FORCE = 4;

    private final LibvirtConnection libvirt;
    private final DomainXml xml;
    private final Bridges bridges;

    LibvirtDevices(LibvirtConnection libvirt, DomainXml xml, Bridges bridges) {
        this.libvirt = libvirt;
        this.xml = xml;
        this.bridges = bridges;
    }

    @Override
    public boolean reaches(NetworkId network) {
        return bridges.has(network);
    }

    @Override
    public Set<MacAddress> nics(InstanceId instance) {
        return libvirt.ask(
                "look at the instance", instance, domain -> Xml.parse(domain.getXMLDesc(0)).all("interface").stream()
                        .flatMap(nic -> nic.child("mac").stream())
                        .map(mac -> new MacAddress(mac.attribute("address")))
                        .collect(Collectors.toUnmodifiableSet()));
    }

    @Override
    public void attach(InstanceId instance, Machine.Nic nic) {
        libvirt.change(
                "attach a network interface", instance, domain -> domain.attachDeviceFlags(xml.writeNic(nic), LIVE));
    }

    /// QEMU refuses to ask a guest that it is still asking, which is no failure.
    @Override
    public void askFor(InstanceId instance, Machine.Nic nic) {
        libvirt.change("detach a network interface", instance, domain -> {
            try {
                domain.detachDeviceFlags(xml.writeNic(nic), LIVE);
            } catch (LibvirtException e) {
                if (LibvirtConnection.code(e) == ErrorNumber.VIR_ERR_NO_DOMAIN) {
                    throw e;
                }
                LOG.infof(
                        "The guest is still being asked for a network interface instanceId=%s said=%s",
                        instance, e.getMessage());
            }
        });
    }

    @Override
    public void link(InstanceId instance, Machine.Nic nic) {
        libvirt.change(
                "change the link of a network interface",
                instance,
                domain -> domain.updateDeviceFlags(xml.writeNic(nic), LIVE));
    }

    @Override
    public void change(InstanceId instance, Machine.Drive drive, Optional<Path> medium) {
        libvirt.change(
                "change a medium",
                instance,
                domain -> domain.updateDeviceFlags(xml.writeDrive(drive, medium), LIVE | FORCE));
    }
}
