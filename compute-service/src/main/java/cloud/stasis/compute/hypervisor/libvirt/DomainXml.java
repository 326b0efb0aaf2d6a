package cloud.stasis.compute.hypervisor.libvirt;

import cloud.stasis.compute.hypervisor.Bridges;
import cloud.stasis.compute.instance.InstanceDirectory;
import cloud.stasis.compute.machine.MachineFiles;
import cloud.stasis.compute.machine.Ram;
import cloud.stasis.disks.NbdExport;
import cloud.stasis.machine.Machine;
import cloud.stasis.machine.PciAddress;
import cloud.stasis.machine.Platform;
import cloud.stasis.machine.Platform.Generation;
import cloud.stasis.machine.VirtType;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.ClockBasis;
import cloud.stasis.messages.ComputeCommand.Link;
import cloud.stasis.model.Cpu;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/// Writes the domain XML of a machine: an allow-list, since nothing gets in that has no line here. Every device
/// has an explicit address, so that the XML written for a revert describes exactly the machine whose memory was
/// saved.
///
/// No `backingStore` element is written, so that libvirt finds the chain of layers in the files themselves: a stale one
/// makes it open the wrong chain without a word. The one exception is a layer whose file names a content that is still
/// being fetched.
final class DomainXml {
    /// Of our element in the metadata.
    static final String NAMESPACE = "https://stasis.cloud/xmlns/domain/1";

    static final String QEMU_NAMESPACE = "http://libvirt.org/schemas/domain/qemu/1.0";

    private static final String NAME_PREFIX = "stasis-";
    private static final String PREFIX = "stasis";
    private static final String OWNER = "stasis:instance";
    private static final String RAM = "ram";
    /// Instead of the name of a file, which is absolute.
    private static final String IN_MEMORY = "memory";

    private final HostId host;
    private final DiskCache cache;
    private final Bridges bridges;

    /// How QEMU reads and writes layers.
    enum DiskCache {
        /// Past the page cache: what a guest writes does not fill the host's memory with dirty pages, whose
        /// write-back was seen to stall a host for 44 s.
        DIRECT,
        /// Through the page cache, for file systems without direct input and output.
        WRITE_BACK
    }

    DomainXml(HostId host, DiskCache cache, Bridges bridges) {
        this.host = host;
        this.cache = cache;
        this.bridges = bridges;
    }

    static String name(InstanceId instance) {
        return NAME_PREFIX + instance;
    }

    /// Whether a domain of this name may be one of ours.
    static boolean mayBeOurs(String name) {
        return name.startsWith(NAME_PREFIX);
    }

    String write(Machine machine, MachineFiles files) {
        return Xml.write("domain", domain -> {
            domain.with("type", machine.virtType() == VirtType.KVM ? "kvm" : "qemu");
            domain.add("name").text(name(machine.instance()));
            domain.add("uuid").text(machine.instance().toString());
            domain.add("title").text(machine.name());
            machine.platform().flatMap(Platform::generation).ifPresent(generation -> domain.add("genid")
                    .text(generation.id().toString()));
            Xml owner = domain.add("metadata")
                    .add(OWNER)
                    .with("xmlns:" + PREFIX, NAMESPACE)
                    .with("host", host)
                    .with("directory", files.directory());
            files.ram().ifPresent(ram -> owner.with(RAM, word(ram)));
            domain.add("memory")
                    .with("unit", "b")
                    .text(Long.toString(machine.memory().bytes()));
            domain.add("vcpu").with("placement", "static").text(Integer.toString(machine.vcpus()));
            boot(domain, machine, files);
            domain.add("features", features -> {
                features.add("acpi");
                features.add("apic");
            });
            cpu(domain, machine);
            domain.add("clock").with("offset", clock(machine));
            domain.add("on_poweroff").text("destroy");
            domain.add("on_reboot").text("restart");
            // The tenant sees CRASHED and starts it again; a loop of crashes would hide it.
            domain.add("on_crash").text("destroy");
            domain.add("devices", devices -> devices(devices, machine, files));
            files.ram().ifPresent(ram -> SharedRam.add(domain, ram, machine.memory()));
            if (machine.virtType() == VirtType.QEMU) {
                askInOne(domain);
            }
        });
    }

    /// At each start libvirt asks QEMU for every feature of the CPU by itself, some 300 times, which takes longer
    /// than all the rest of it. It asks for all of them in one if it is not to know the other way; what it does not
    /// hear of then, the registers of a processor's models, no translated CPU has.
    private static void askInOne(Xml domain) {
        domain.add("qemu:capabilities")
                .with("xmlns:qemu", QEMU_NAMESPACE)
                .add("qemu:del")
                .with("capability", "cpu-unavailable-features");
    }

    private static void cpu(Xml domain, Machine machine) {
        Optional<Cpu> saved = machine.platform().flatMap(Platform::cpu);
        if (saved.isPresent()) {
            CpuXml.add(domain, saved.get());
        } else if (machine.virtType() == VirtType.KVM) {
            domain.add("cpu").with("mode", "host-model").with("check", "partial");
        }
    }

    private static String clock(Machine machine) {
        return switch (machine.platform().map(Platform::clock).orElse(ClockBasis.UTC)) {
            case UTC -> "utc";
            case LOCAL_TIME -> "localtime";
        };
    }

    private static void boot(Xml domain, Machine machine, MachineFiles files) {
        domain.add("os", os -> {
            os.add("type")
                    .with("arch", "x86_64")
                    .with("machine", machine.machineType())
                    .text("hvm");
            machine.uefi().ifPresent(uefi -> Ovmf.add(os, InstanceDirectory.nvram(files.directory())));
            switch (machine.boot()) {
                case Boot.FromDisk disk -> {
                    os.add("boot").with("dev", "hd");
                    if (!machine.drives().isEmpty()) {
                        os.add("boot").with("dev", "cdrom");
                    }
                }
                // The disk itself says so.
                case Boot.FromDiskAt disk -> {}
                case Boot.FromKernel kernel -> {
                    files.kernel().ifPresent(file -> os.add("kernel").text(file.toString()));
                    files.ramdisk().ifPresent(file -> os.add("initrd").text(file.toString()));
                    os.add("cmdline").text(kernel.commandLine());
                }
            }
        });
    }

    private void devices(Xml devices, Machine machine, MachineFiles files) {
        for (Machine.Disk disk : machine.disks()) {
            Optional<NbdExport> stream = Optional.ofNullable(files.streams().get(disk.target()));
            Xml element = devices.add("disk", added -> disk(added, disk, files.layer(disk.target()), stream));
            if (machine.boot() instanceof Boot.FromDiskAt(DeviceName first) && first.equals(disk.target())) {
                element.add("boot").with("order", 1);
            }
        }
        for (Machine.Drive drive : machine.drives()) {
            Optional<Path> medium = Optional.ofNullable(files.media().get(drive.target()));
            devices.add("disk", element -> drive(element, drive, medium));
        }
        for (Machine.Nic nic : machine.nics()) {
            devices.add("interface", element -> nic(element, nic));
        }
        machine.platform().flatMap(Platform::tpm).ifPresent(tpm -> Swtpm.add(devices, tpm.model()));
        devices.add("controller").with("type", "usb").with("model", "none");
        at(devices.add("controller").with("type", "virtio-serial").with("index", 0), machine.bus());
        devices.add("serial", serial -> {
            serial.with("type", "file");
            serial.add("source").with("path", files.console()).with("append", "on");
            serial.add("target").with("type", "isa-serial").with("port", 0);
        });
        devices.add("channel", channel -> {
            channel.with("type", "unix");
            channel.add("target").with("type", "virtio").with("name", "org.qemu.guest_agent.0");
            channel.add("address")
                    .with("type", "virtio-serial")
                    .with("controller", 0)
                    .with("bus", 0)
                    .with("port", 1);
        });
        at(devices.add("memballoon").with("model", "virtio"), machine.balloon());
        devices.add("rng", random -> {
            random.with("model", "virtio");
            random.add("backend").with("model", "random").text("/dev/urandom");
            at(random, machine.random());
        });
    }

    /// One disk by itself, for a machine that is on.
    String writeDisk(Machine.Disk disk, Path layer) {
        return Xml.write("disk", element -> disk(element, disk, layer, Optional.empty()));
    }

    private void disk(Xml element, Machine.Disk disk, Path layer, Optional<NbdExport> stream) {
        element.with("type", "file").with("device", "disk");
        Xml driver = element.add("driver").with("name", "qemu").with("type", "qcow2");
        switch (cache) {
            case DIRECT -> driver.with("cache", "none").with("io", "native");
            case WRITE_BACK -> driver.with("cache", "writeback");
        }
        // What the guest trims leaves the layer, and the next capture.
        driver.with("discard", "unmap");
        // A guest whose proxy was killed stands still and can be let go on, which a guest that saw an error cannot.
        stream.ifPresent(ignored -> driver.with("rerror_policy", "stop"));
        element.add("source").with("file", layer);
        stream.ifPresent(export -> below(element, export));
        element.add("target").with("dev", disk.target()).with("bus", "virtio");
        element.add("serial").text(disk.serial());
        at(element, disk.address());
    }

    /// The raw content that the layer stands on, before its file is here.
    private static void below(Xml disk, NbdExport export) {
        disk.add("backingStore", below -> {
            below.with("type", "network");
            below.add("format").with("type", "raw");
            Xml source = below.add("source").with("protocol", "nbd").with("name", export.name());
            source.add("host").with("transport", "unix").with("socket", export.socket());
            below.add("backingStore");
        });
    }

    /// The disks that stand on a content that they read from the network.
    static Set<DeviceName> streaming(Xml domain) {
        Set<DeviceName> streaming = new TreeSet<>();
        for (Xml disk : domain.all("disk")) {
            boolean isStreaming = disk.all("source").stream()
                    .anyMatch(source -> source.attribute("protocol").equals("nbd"));
            if (isStreaming) {
                disk.child("target").ifPresent(target -> streaming.add(new DeviceName(target.attribute("dev"))));
            }
        }
        return streaming;
    }

    /// One drive by itself, for a machine that is on.
    String writeDrive(Machine.Drive drive, Optional<Path> medium) {
        return Xml.write("disk", element -> drive(element, drive, medium));
    }

    /// The medium is shown as it is: what its bytes say of formats is for the guest.
    private static void drive(Xml element, Machine.Drive drive, Optional<Path> medium) {
        element.with("type", "file").with("device", "cdrom");
        element.add("driver").with("name", "qemu").with("type", "raw");
        medium.ifPresent(file -> element.add("source").with("file", file));
        int place = drive.target().value().charAt(2) - 'a';
        element.add("target").with("dev", drive.target()).with("bus", "ide");
        element.add("readonly");
        element.add("address")
                .with("type", "drive")
                .with("controller", 0)
                .with("bus", place / 2)
                .with("target", 0)
                .with("unit", place % 2);
    }

    /// One network interface by itself, for a machine that is on.
    String writeNic(Machine.Nic nic) {
        return Xml.write("interface", element -> nic(element, nic));
    }

    private void nic(Xml element, Machine.Nic nic) {
        element.with("type", "bridge");
        element.add("mac").with("address", nic.mac());
        element.add("source").with("bridge", bridges.of(nic.network()));
        element.add("model").with("type", "virtio");
        // Packets pass through QEMU, so that a paused guest is all there is to stop.
        element.add("driver").with("name", "qemu");
        element.add("link").with("state", nic.link() == Link.UP ? "up" : "down");
        // Nothing boots from the network, and a host needs no ROMs.
        element.add("rom").with("enabled", "no");
        at(element, nic.address());
    }

    private static void at(Xml device, PciAddress address) {
        device.add("address")
                .with("type", "pci")
                .with("domain", 0)
                .with("bus", 0)
                .with("slot", address.slot())
                .with("function", 0);
    }

    /// The directory of the instance, if the domain was defined by the agent of `host`.
    static Optional<Path> owner(Xml domain, HostId host) {
        return domain.all(OWNER).stream()
                .filter(owner -> owner.attribute("host").equals(host.value()))
                .map(owner -> Path.of(owner.attribute("directory")))
                .findFirst();
    }

    /// How its RAM is kept, if others can see it.
    static Optional<Ram> ram(Xml domain) {
        return domain.all(OWNER).stream()
                .map(owner -> owner.attribute(RAM))
                .filter(word -> !word.isEmpty())
                .map(word -> word.equals(IN_MEMORY) ? new Ram.InMemory() : (Ram) new Ram.InFile(Path.of(word)))
                .findFirst();
    }

    private static String word(Ram ram) {
        return switch (ram) {
            case Ram.InFile in -> in.file().toString();
            case Ram.InMemory _ -> IN_MEMORY;
        };
    }

    /// Which one its guest sees; empty if it has none.
    static Optional<Generation> generation(Xml domain) {
        try {
            return domain.child("genid").map(element -> new Generation(UUID.fromString(element.text())));
        } catch (IllegalArgumentException e) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "the generation of a machine is no UUID", e);
        }
    }

    /// The file that each disk writes to.
    static Map<DeviceName, Path> disks(Xml domain) {
        Map<DeviceName, Path> disks = new HashMap<>();
        for (Xml disk : domain.all("disk")) {
            Optional<Xml> target = disk.child("target");
            Optional<Xml> source = disk.child("source");
            if (disk.attribute("device").equals("disk") && target.isPresent() && source.isPresent()) {
                disks.put(
                        new DeviceName(target.get().attribute("dev")),
                        Path.of(source.get().attribute("file")));
            }
        }
        return disks;
    }
}
