package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.compute.hypervisor.Bridges;
import cloud.stasis.compute.hypervisor.DiskHistory;
import cloud.stasis.compute.hypervisor.Domains;
import cloud.stasis.compute.hypervisor.Guests;
import cloud.stasis.compute.hypervisor.HostCapacity;
import cloud.stasis.compute.hypervisor.Hypervisor;
import cloud.stasis.compute.hypervisor.LiveDevices;
import cloud.stasis.compute.hypervisor.LiveDisks;
import cloud.stasis.compute.hypervisor.LiveLayers;
import cloud.stasis.compute.hypervisor.Memories;
import cloud.stasis.compute.machine.Machine;
import cloud.stasis.compute.machine.VirtType;
import cloud.stasis.disks.LayerFiles;
import cloud.stasis.disks.QcowLayers;
import cloud.stasis.disks.Reflink;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.StasisException;
import java.net.URI;
import java.nio.file.Path;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;
import org.libvirt.NodeInfo;

/// Wires the parts together; each of them is in a class of its own.
public final class LibvirtHypervisor implements Hypervisor {
    /// The alias of the newest board of the kind that every guest knows.
    private static final String BOARD_ALIAS = "pc";

    private static final String ARCHITECTURE = "x86_64";
    private static final long MAJOR = 1_000_000;
    private static final long MINOR = 1_000;

    private final LibvirtConnection libvirt;
    private final VirtType virtType;
    private final LibvirtDomains domains;
    private final Guests guests;
    private final DiskHistory history;
    private final Memories memories;
    private final LiveLayers liveLayers;
    private final LiveDisks liveDisks;
    private final LiveDevices liveDevices;
    private final LayerFiles layers;

    /// @param instances the directory above those of the instances
    /// @param sockets a directory that QEMU's user may write to, with a short path
    /// @param memory a directory for memory files and RAM
    /// @param bridges of the networks that this host reaches
    public LibvirtHypervisor(
            URI uri, HostId host, VirtType virtType, Path instances, Path sockets, Path memory, Bridges bridges) {
        DomainXml xml = new DomainXml(host, DirectIo.isPossible(instances), bridges);
        this.libvirt = new LibvirtConnection(uri);
        this.virtType = virtType;
        this.domains = new LibvirtDomains(libvirt, xml, host, instances);
        this.guests = new LibvirtGuests(libvirt);
        this.history = new LibvirtHistory(libvirt, sockets);
        this.memories =
                new LibvirtMemories(libvirt, domains, xml, new DeviceStates(sockets), Reflink.isPossibleIn(memory));
        this.liveLayers = new LibvirtLayers(libvirt);
        this.liveDisks = new LibvirtDisks(libvirt, xml);
        this.liveDevices = new LibvirtDevices(libvirt, xml, bridges);
        this.layers = new QcowLayers(sockets);
    }

    @Override
    public String version() {
        return libvirt.call(
                "ask for versions",
                connect -> "QEMU " + version(connect.getVersion()) + ", libvirt " + version(connect.getLibVersion()));
    }

    private static String version(long number) {
        return number / MAJOR + "." + number % MAJOR / MINOR + "." + number % MINOR;
    }

    @Override
    public Machine.Board board() {
        return libvirt.call("ask for machine types", connect -> new Machine.Board(machineType(connect), virtType));
    }

    /// The versioned name behind the alias: a later QEMU gives the alias to another board.
    private static String machineType(Connect connect) throws LibvirtException {
        for (Xml arch : Xml.parse(connect.getCapabilities()).all("arch")) {
            if (!arch.attribute("name").equals(ARCHITECTURE)) {
                continue;
            }
            for (Xml machine : arch.all("machine")) {
                if (machine.text().equals(BOARD_ALIAS)) {
                    String canonical = machine.attribute("canonical");
                    return canonical.isEmpty() ? BOARD_ALIAS : canonical;
                }
            }
        }
        throw new StasisException(
                ErrorCode.HYPERVISOR_UNAVAILABLE, "this host's QEMU has no machine type " + BOARD_ALIAS);
    }

    @Override
    public HostCapacity capacity() {
        return libvirt.call("ask for the host's size", connect -> {
            NodeInfo node = connect.nodeInfo();
            return new HostCapacity(node.cpus, ByteCount.ofKib(node.memory));
        });
    }

    @Override
    public Domains domains() {
        return domains;
    }

    @Override
    public Guests guests() {
        return guests;
    }

    @Override
    public DiskHistory history() {
        return history;
    }

    @Override
    public Memories memories() {
        return memories;
    }

    @Override
    public LiveLayers liveLayers() {
        return liveLayers;
    }

    @Override
    public LiveDisks liveDisks() {
        return liveDisks;
    }

    @Override
    public LiveDevices liveDevices() {
        return liveDevices;
    }

    @Override
    public LayerFiles layers() {
        return layers;
    }

    @Override
    public void close() {
        libvirt.close();
    }
}
