package cloud.stasis.machine;

import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.DriveSpec;
import cloud.stasis.messages.ComputeCommand.Firmware;
import cloud.stasis.messages.ComputeCommand.Identity;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.Link;
import cloud.stasis.messages.ComputeCommand.Medium;
import cloud.stasis.messages.ComputeCommand.NicSpec;
import cloud.stasis.messages.ComputeCommand.Size;
import cloud.stasis.messages.LeftOutIfEmpty;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.MacAddress;
import cloud.stasis.model.NetworkId;
import cloud.stasis.model.PortId;
import cloud.stasis.model.StasisException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// The devices of one instance, as the guest sees them. Its JSON is the device archive.
///
/// @param version of this record, [#CURRENT_VERSION]
/// @param name for people; any text
/// @param machineType the board, by its versioned name: the same name means the same devices for ever
/// @param bus the controller of the channel to the guest agent
/// @param random the random number generator
/// @param balloon tells how much memory the guest uses
/// @param nics network interfaces, which come and go as disks do
/// @param drives for read-only media
/// @param uefi the firmware that starts it instead of the BIOS of its board, if it does
/// @param platform what else is on its board; machines of earlier releases have none
public record Machine(
        int version,
        InstanceId instance,
        String name,
        String machineType,
        VirtType virtType,
        int vcpus,
        ByteCount memory,
        Boot boot,
        List<Disk> disks,
        PciAddress bus,
        PciAddress random,
        PciAddress balloon,
        @LeftOutIfEmpty List<Nic> nics,
        @LeftOutIfEmpty List<Drive> drives,
        Optional<Uefi> uefi,
        Optional<Platform> platform) {

    /// Knows TPM, generation, clock, CPU, firmware, network interfaces and drives. A machine without any of these is
    /// still written as the version that first knew what it has, which earlier releases read.
    public static final int CURRENT_VERSION = 4;

    private static final int VERSION_OF_FIRMWARE = 3;

    private static final int VERSION_OF_NICS = 2;

    private static final int VERSION_OF_DISKS = 1;
    /// As many as the last slots of the bus take before they meet the disks of an ordinary machine.
    public static final int MAX_NICS = 8;
    /// Of the only controller for them: two channels with two drives each.
    private static final int MAX_DRIVES = 4;

    /// What QEMU's boards take without further ado.
    public static final int MAX_VCPUS = 255;
    /// Less does not boot anything.
    public static final ByteCount MIN_MEMORY = ByteCount.ofMib(16);
    /// The kernel's own limit (x86).
    public static final int MAX_COMMAND_LINE = 2047;

    private static final int MAX_NAME = 255;
    /// Letters, digits, dots and dashes, and a version: `pc-i440fx-7.2`.
    private static final Pattern MACHINE_TYPE = Pattern.compile("[a-z][a-z0-9.-]{1,40}");

    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private static final PciAddress BUS = new PciAddress(3);
    private static final PciAddress RANDOM = new PciAddress(4);
    private static final PciAddress BALLOON = new PciAddress(5);
    /// `vda` sits here, the others follow; `vdz` takes the last slot.
    private static final int FIRST_DISK_SLOT = 6;
    /// The first network interface sits here, the others follow, so that a guest counts them in this order.
    private static final int FIRST_NIC_SLOT = 24;

    public Machine {
        nics = List.copyOf(nics);
        drives = List.copyOf(drives);
        if (version < VERSION_OF_DISKS || version > CURRENT_VERSION) {
            throw new StasisException(
                    ErrorCode.UNSUPPORTED_FORMAT, "device archive version " + version + " is not known here");
        }
        if (!MACHINE_TYPE.matcher(machineType).matches()) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "not a machine type");
        }
        if (vcpus < 1 || vcpus > MAX_VCPUS || memory.compareTo(MIN_MEMORY) < 0) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "a machine has 1 to " + MAX_VCPUS + " CPUs and at least " + MIN_MEMORY + " of memory");
        }
        if (boot instanceof Boot.FromKernel kernel
                && (kernel.commandLine().length() > MAX_COMMAND_LINE
                        || CONTROL.matcher(kernel.commandLine()).find())) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "a kernel command line is one line of at most " + MAX_COMMAND_LINE + " characters");
        }
        disks = List.copyOf(disks);
        HashSet<Object> taken = new HashSet<>(List.of(bus, random, balloon));
        for (Drive drive : drives) {
            if (!taken.add(drive.target())) {
                throw new StasisException(ErrorCode.INVALID_REQUEST, "two drives claim the same place");
            }
        }
        for (Nic nic : nics) {
            if (!taken.add(nic.port()) || !taken.add(nic.mac()) || !taken.add(nic.address())) {
                throw new StasisException(ErrorCode.INVALID_REQUEST, "two network interfaces claim the same place");
            }
        }
        if (nics.size() > MAX_NICS || drives.size() > MAX_DRIVES) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST,
                    "a machine has at most " + MAX_NICS + " network interfaces and " + MAX_DRIVES + " drives");
        }
        if (platform.isPresent()) {
            version = CURRENT_VERSION;
        } else if (uefi.isPresent()) {
            version = VERSION_OF_FIRMWARE;
        } else {
            version = nics.isEmpty() && drives.isEmpty() ? VERSION_OF_DISKS : VERSION_OF_NICS;
        }
        for (Disk disk : disks) {
            if (!taken.add(disk.target()) || !taken.add(disk.address())) {
                throw new StasisException(ErrorCode.INVALID_REQUEST, "two devices claim the same place");
            }
        }
        if (disks.isEmpty()) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "a machine needs a disk");
        }
        name = CONTROL.matcher(name).replaceAll(" ");
        name = name.substring(0, Math.min(MAX_NAME, name.length()));
    }

    /// UEFI, whose variables stand in a file of the machine (its NVRAM).
    ///
    /// @param variables what that file held; of a machine that is here they are in the file, and here of none
    public record Uefi(Optional<PackedFile> variables) {
        /// With the variables that the machine has, or that the host gives to each new one.
        public static final Uefi FRESH = new Uefi(Optional.empty());
    }

    /// A virtio disk.
    ///
    /// @param serial by which the guest finds it again; virtio shows the first 20 characters
    public record Disk(DeviceName target, PciAddress address, String serial, ByteCount size, DiskSource source) {
        private static final Pattern SERIAL = Pattern.compile("[A-Za-z0-9_.-]{1,36}");

        public Disk {
            if (!SERIAL.matcher(serial).matches()) {
                throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a disk has no valid serial");
            }
        }

        Disk sized(ByteCount other) {
            return new Disk(target, address, serial, other, source);
        }

        Disk clonedAs(InstanceId other, DiskSpec asked, Identity identity) {
            String told =
                    switch (identity) {
                        case KEEP, ISOLATE -> serial;
                        case REGENERATE -> serialOf(other, asked);
                    };
            return new Disk(target, address, told, asked.size(), asked.source());
        }
    }

    /// A virtio network interface. Its model is the only one there is, as that of disks.
    ///
    /// @param fixedAddress what the guest is to call itself there, for whoever reads the archive
    public record Nic(
            PortId port,
            NetworkId network,
            MacAddress mac,
            PciAddress address,
            Optional<String> fixedAddress,
            Link link) {
        private static final Pattern IP = Pattern.compile("[0-9a-fA-F:.]{2,45}");

        public Nic {
            if (fixedAddress.isPresent() && !IP.matcher(fixedAddress.get()).matches()) {
                throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a network interface has no valid address");
            }
        }

        /// At the same place, for what may be another machine.
        Nic as(NicSpec spec) {
            return new Nic(spec.port(), spec.network(), spec.mac(), address, spec.fixedAddress(), spec.link());
        }

        public Nic with(Link other) {
            return new Nic(port, network, mac, address, fixedAddress, other);
        }
    }

    /// A drive for read-only media on the IDE controller of the board, so that any firmware boots from it. The drive
    /// stays for ever; media come and go.
    ///
    /// @param target `hda` to `hdd`
    /// @param medium an image whose content is shown byte for byte
    public record Drive(DeviceName target, Optional<Medium> medium) {
        private static final Pattern TARGET = Pattern.compile("hd[a-d]");

        public Drive {
            if (!TARGET.matcher(target.value()).matches()) {
                throw new StasisException(ErrorCode.INVALID_REQUEST, "drives of an instance are hda to hdd");
            }
        }
    }

    /// What a host gives to each new machine.
    ///
    /// @param machineType the versioned name of the board
    public record Board(String machineType, VirtType virtType) {}

    /// Gives each device of a new instance its place.
    public static Machine of(InstanceId instance, InstanceSpec spec, Board board) {
        Machine bare = new Machine(
                CURRENT_VERSION,
                instance,
                spec.name(),
                board.machineType(),
                board.virtType(),
                spec.vcpus(),
                spec.memory(),
                spec.boot(),
                spec.disks().stream().map(disk -> disk(instance, disk)).toList(),
                BUS,
                RANDOM,
                BALLOON,
                List.of(),
                drives(spec),
                spec.firmware().map(uefi -> Uefi.FRESH),
                Optional.of(Platform.of(spec)));
        Machine machine = bare;
        for (NicSpec nic : spec.nics()) {
            machine = machine.with(nic);
        }
        return machine;
    }

    /// The same devices in the same places, for another instance.
    ///
    /// @throws StasisException `MALFORMED_OBJECT` if disks or network interfaces of `spec` are not those of this
    /// machine
    public Machine clonedAs(InstanceId other, InstanceSpec spec, Identity identity) {
        requireShapeOf(spec);
        List<Disk> own = disks.stream()
                .map(disk -> spec.disks().stream()
                        .filter(asked -> asked.target().equals(disk.target()))
                        .findFirst()
                        .map(asked -> disk.clonedAs(other, asked, identity))
                        .orElseThrow(() -> new StasisException(
                                ErrorCode.MALFORMED_OBJECT, "a clone has a disk for each disk of its origin")))
                .toList();
        if (!spec.nics().isEmpty() && spec.nics().size() != nics.size()) {
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT, "a clone has a network interface for each one of its origin");
        }
        List<Nic> plugged = new ArrayList<>();
        for (int position = 0; position < spec.nics().size(); position++) {
            plugged.add(nics.get(position).as(spec.nics().get(position)));
        }
        return changed(draft -> {
            draft.instance = other;
            draft.name = spec.name();
            draft.disks = own;
            draft.nics = plugged;
            draft.drives = drivesAs(spec);
            draft.platform = platform.map(board -> board.clonedAs(identity));
        });
    }

    /// An archive may have been written by anyone: the machine is as large as was asked for, which counts
    /// towards a quota, and starts from what its owner may use.
    private void requireShapeOf(InstanceSpec spec) {
        if (vcpus != spec.vcpus() || !memory.equals(spec.memory()) || !boot.equals(spec.boot())) {
            throw new StasisException(
                    ErrorCode.MALFORMED_OBJECT, "the device archive is of another machine than the snapshot says");
        }
    }

    private static Disk disk(InstanceId instance, DiskSpec spec) {
        String target = spec.target().value();
        if (!target.startsWith("vd") || target.length() != 3) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "disks of an instance are vda to vdz");
        }
        int position = target.charAt(2) - 'a';
        return new Disk(
                spec.target(),
                new PciAddress(FIRST_DISK_SLOT + position),
                serialOf(instance, spec),
                spec.size(),
                spec.source());
    }

    private static String serialOf(InstanceId instance, DiskSpec spec) {
        return switch (spec.source()) {
            case DiskSource.Volume volume -> volume.volume().toString();
            case DiskSource.OverImage _, DiskSource.Blank _ ->
                spec.target() + "-" + instance.toString().substring(0, 8);
        };
    }

    private static List<Drive> drives(InstanceSpec spec) {
        return spec.drives().stream()
                .map(drive -> new Drive(drive.target(), drive.medium()))
                .toList();
    }

    /// With one more disk, at the place that its name says.
    public Machine with(DiskSpec spec) {
        List<Disk> more = new ArrayList<>(disks);
        more.add(disk(instance, spec));
        more.sort(Comparator.comparing(Disk::target));
        return with(more, nics, drives);
    }

    public Machine without(DeviceName target) {
        return with(disks.stream().filter(disk -> !disk.target().equals(target)).toList(), nics, drives);
    }

    /// With one more network interface, at the first place for one that is free.
    public Machine with(NicSpec spec) {
        PciAddress free = IntStream.range(FIRST_NIC_SLOT, FIRST_NIC_SLOT + MAX_NICS)
                .mapToObj(PciAddress::new)
                .filter(address -> nics.stream().noneMatch(nic -> nic.address().equals(address)))
                .filter(address ->
                        disks.stream().noneMatch(disk -> disk.address().equals(address)))
                .findFirst()
                .orElseThrow(() -> new StasisException(
                        ErrorCode.INVALID_REQUEST, "the machine has no place for another network interface"));
        List<Nic> more = new ArrayList<>(nics);
        more.add(new Nic(spec.port(), spec.network(), spec.mac(), free, spec.fixedAddress(), spec.link()));
        return with(disks, more, drives);
    }

    public Machine without(PortId port) {
        return with(disks, nics.stream().filter(nic -> !nic.port().equals(port)).toList(), drives);
    }

    public Machine with(PortId port, Link link) {
        return with(
                disks,
                nics.stream()
                        .map(nic -> nic.port().equals(port) ? nic.with(link) : nic)
                        .toList(),
                drives);
    }

    /// With another medium, or none, in a drive.
    public Machine with(DeviceName drive, Optional<Medium> medium) {
        return with(
                disks,
                nics,
                drives.stream()
                        .map(known -> known.target().equals(drive) ? new Drive(drive, medium) : known)
                        .toList());
    }

    /// What would have to be asked for to get this machine.
    public InstanceSpec spec() {
        return new InstanceSpec(
                name,
                vcpus,
                memory,
                boot,
                disks.stream()
                        .map(disk -> new DiskSpec(disk.target(), disk.size(), disk.source()))
                        .toList(),
                nics.stream()
                        .map(nic -> new NicSpec(nic.port(), nic.network(), nic.mac(), nic.fixedAddress(), nic.link()))
                        .toList(),
                drives.stream()
                        .map(drive -> new DriveSpec(drive.target(), drive.medium()))
                        .toList(),
                uefi.map(firmware -> Firmware.UEFI),
                platform.flatMap(Platform::tpm).map(Tpm::model),
                platform.map(Platform::clock));
    }

    /// With other firmware, or the same with other variables.
    public Machine with(Uefi other) {
        return changed(draft -> draft.uefi = Optional.of(other));
    }

    public Machine with(Platform other) {
        return changed(draft -> draft.platform = Optional.of(other));
    }

    /// Started in another way.
    public Machine startedBy(Boot other) {
        return changed(draft -> draft.boot = other);
    }

    /// Of another size, with its devices in their places.
    public Machine sized(Size other) {
        List<Disk> sized = new ArrayList<>(disks);
        other.root().ifPresent(root -> sized.set(0, disks.getFirst().sized(root)));
        return changed(draft -> {
            draft.vcpus = other.vcpus();
            draft.memory = other.memory();
            draft.disks = sized;
        });
    }

    public Optional<Nic> nic(PortId port) {
        return nics.stream().filter(nic -> nic.port().equals(port)).findFirst();
    }

    public Optional<Drive> drive(DeviceName target) {
        return drives.stream().filter(drive -> drive.target().equals(target)).findFirst();
    }

    /// The contents that lie in its drives.
    public List<Content> media() {
        return drives.stream()
                .flatMap(drive -> drive.medium().stream())
                .map(Medium::content)
                .toList();
    }

    /// The same devices in their places, with what the owner may have behind them: the sources of its disks, the
    /// networks, the media and the kernel are those of `spec`, since an archive may come from anywhere. At another
    /// site what was a volume is not one.
    ///
    /// A `spec` without network interfaces, as of a machine that came from elsewhere, leaves out those of the
    /// archive.
    ///
    /// @throws StasisException `MALFORMED_OBJECT` if `spec` names other network interfaces
    public Machine on(InstanceSpec spec) {
        List<Disk> moved = disks.stream()
                .map(disk -> spec.disks().stream()
                        .filter(known -> known.target().equals(disk.target()))
                        .findFirst()
                        .map(known ->
                                new Disk(disk.target(), disk.address(), disk.serial(), disk.size(), known.source()))
                        .orElse(disk))
                .toList();
        List<Nic> plugged = spec.nics().isEmpty() ? List.of() : nicsAs(spec);
        return changed(draft -> {
            draft.boot = spec.boot();
            draft.disks = moved;
            draft.nics = plugged;
            draft.drives = drivesAs(spec);
        });
    }

    private List<Nic> nicsAs(InstanceSpec spec) {
        List<Nic> plugged = nics.stream()
                .map(nic -> spec.nics().stream()
                        .filter(known -> known.port().equals(nic.port()))
                        .findFirst()
                        .map(nic::as)
                        .orElseThrow(Machine::notTheSame))
                .toList();
        if (plugged.size() != spec.nics().size()) {
            throw notTheSame();
        }
        return plugged;
    }

    /// A drive that `spec` does not speak of is there, and empty.
    private List<Drive> drivesAs(InstanceSpec spec) {
        return drives.stream()
                .map(drive -> new Drive(
                        drive.target(),
                        spec.drives().stream()
                                .filter(known -> known.target().equals(drive.target()))
                                .findFirst()
                                .flatMap(DriveSpec::medium)))
                .toList();
    }

    /// Whether a memory that was saved with `saved` goes on with this one: it knows each interface by its place.
    ///
    /// @throws StasisException `WRONG_STATE` if not
    public void requireInterfacesOf(Machine saved) {
        if (!nics.stream()
                .map(Nic::address)
                .toList()
                .equals(saved.nics.stream().map(Nic::address).toList())) {
            throw new StasisException(
                    ErrorCode.WRONG_STATE,
                    "the machine had network interfaces that are not known here: go on from its disks only");
        }
    }

    private static StasisException notTheSame() {
        return new StasisException(
                ErrorCode.MALFORMED_OBJECT,
                "the network interfaces are not those of the device archive of the snapshot");
    }

    public Machine with(List<Nic> others) {
        return with(disks, others, drives);
    }

    private Machine with(List<Disk> otherDisks, List<Nic> otherNics, List<Drive> otherDrives) {
        return changed(draft -> {
            draft.disks = otherDisks;
            draft.nics = otherNics;
            draft.drives = otherDrives;
        });
    }

    private Machine changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.machine();
    }

    /// What can be different in another machine with the same devices. For one thread, and for a moment.
    private static final class Draft {
        private final Machine like;
        private InstanceId instance;
        private String name;
        private int vcpus;
        private ByteCount memory;
        private Boot boot;
        private List<Disk> disks;
        private List<Nic> nics;
        private List<Drive> drives;
        private Optional<Uefi> uefi;
        private Optional<Platform> platform;

        Draft(Machine like) {
            this.like = like;
            this.instance = like.instance;
            this.name = like.name;
            this.vcpus = like.vcpus;
            this.memory = like.memory;
            this.boot = like.boot;
            this.disks = like.disks;
            this.nics = like.nics;
            this.drives = like.drives;
            this.uefi = like.uefi;
            this.platform = like.platform;
        }

        Machine machine() {
            return new Machine(
                    CURRENT_VERSION,
                    instance,
                    name,
                    like.machineType,
                    like.virtType,
                    vcpus,
                    memory,
                    boot,
                    disks,
                    like.bus,
                    like.random,
                    like.balloon,
                    nics,
                    drives,
                    uefi,
                    platform);
        }
    }

    public List<DeviceName> targets() {
        return disks.stream().map(Disk::target).toList();
    }
}
