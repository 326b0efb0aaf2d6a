package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.compute.hypervisor.Bridges;
import cloud.stasis.compute.hypervisor.DiskHistory;
import cloud.stasis.compute.hypervisor.Domains;
import cloud.stasis.compute.hypervisor.Guests;
import cloud.stasis.compute.hypervisor.HostCapacity;
import cloud.stasis.compute.hypervisor.Hypervisor;
import cloud.stasis.compute.hypervisor.LiveDevices;
import cloud.stasis.compute.hypervisor.LiveDisks;
import cloud.stasis.compute.hypervisor.LiveInstants;
import cloud.stasis.compute.hypervisor.LiveLayers;
import cloud.stasis.compute.hypervisor.Memories;
import cloud.stasis.compute.hypervisor.Memories.Keeping;
import cloud.stasis.disks.LayerFiles;
import cloud.stasis.disks.QcowLayers;
import cloud.stasis.disks.Reflink;
import cloud.stasis.machine.Machine;
import cloud.stasis.machine.VirtType;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CaptureStrategy;
import cloud.stasis.model.Cpu;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.StasisException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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
    private final Path sockets;
    private final Optional<CaptureStrategy> strategy;
    /// Chosen when it is first asked for: libvirt may come up later than this process.
    private volatile @Nullable DiskHistory history;

    private final Memories memories;
    private final LiveLayers liveLayers;
    private final LiveDisks liveDisks;
    private final LiveDevices liveDevices;
    private final LiveInstants liveInstants;
    private final QcowLayers layers;

    /// @param instances the directory above those of the instances
    /// @param sockets a directory that QEMU's user may write to, with a short path
    /// @param memory a directory for memory files and RAM
    /// @param bridges of the networks that this host reaches
    /// @param strategy how the disks of running machines are read; if empty, as this hypervisor is able to
    /// @param keeping how machines keep their RAM; if empty, as this host is able to
    public LibvirtHypervisor(
            URI uri,
            HostId host,
            VirtType virtType,
            Path instances,
            Path sockets,
            Path memory,
            Bridges bridges,
            Optional<CaptureStrategy> strategy,
            Optional<Keeping> keeping) {
        DomainXml xml = new DomainXml(host, DirectIo.isPossible(instances), bridges);
        this.libvirt = new LibvirtConnection(uri);
        this.virtType = virtType;
        this.domains = new LibvirtDomains(libvirt, xml, host, instances);
        this.guests = new LibvirtGuests(libvirt);
        DeviceStates states = new DeviceStates(sockets);
        this.memories = new LibvirtMemories(libvirt, domains, xml, states, keeping.orElseGet(() -> keeping(memory)));
        this.liveInstants = new LibvirtInstants(libvirt, states, sockets);
        this.liveLayers = new LibvirtLayers(libvirt);
        this.liveDisks = new LibvirtDisks(libvirt, xml);
        this.liveDevices = new LibvirtDevices(libvirt, xml, bridges);
        this.layers = new QcowLayers(sockets);
        this.sockets = sockets;
        this.strategy = strategy;
    }

    private static Keeping keeping(Path memory) {
        return Reflink.isPossibleIn(memory) ? Keeping.IN_FILES : Keeping.IN_SHARED_MEMORY;
    }

    private DiskHistory chosen() {
        return switch (strategy.orElseGet(this::able)) {
            case BITMAP -> new LibvirtHistory(libvirt, sockets);
            case COPY -> new LibvirtCopies(libvirt, layers);
        };
    }

    /// Whether the hypervisor records writes and exports disks, as libvirt says.
    private CaptureStrategy able() {
        String said = libvirt.capabilities(virtType.wireName());
        return Xml.parse(said)
                        .child("features")
                        .flatMap(features -> features.child("backup"))
                        .filter(backup -> backup.attribute("supported").equals("yes"))
                        .isPresent()
                ? CaptureStrategy.BITMAP
                : CaptureStrategy.COPY;
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
    public Optional<Cpu> cpu() {
        return CpuXml.ofHost(Xml.parse(libvirt.capabilities(virtType.wireName())));
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
        DiskHistory known = history;
        if (known == null) {
            known = chosen();
            history = known;
        }
        return known;
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
    public LiveInstants liveInstants() {
        return liveInstants;
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
