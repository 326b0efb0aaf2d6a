package cloud.stasis.compute.machine;

import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.Identity;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/// The devices of one instance, as the guest sees them. Its JSON is the device archive.
///
/// @param version of this record, [#CURRENT_VERSION]
/// @param name for people; any text
/// @param machineType the board, by its versioned name: the same name means the same devices for ever
/// @param bus the controller of the channel to the guest agent
/// @param random the random number generator
/// @param balloon tells how much memory the guest uses
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
        PciAddress balloon) {

    public static final int CURRENT_VERSION = 1;
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

    public Machine {
        if (version != CURRENT_VERSION) {
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

        Disk clonedAs(InstanceId other, DiskSpec asked, Identity identity) {
            String told =
                    switch (identity) {
                        case KEEP -> serial;
                        case REGENERATE -> serialOf(other, asked);
                    };
            return new Disk(target, address, told, asked.size(), asked.source());
        }
    }

    /// What a host gives to each new machine.
    ///
    /// @param machineType the versioned name of the board
    public record Board(String machineType, VirtType virtType) {}

    /// Gives each device of a new instance its place.
    public static Machine of(InstanceId instance, InstanceSpec spec, Board board) {
        return new Machine(
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
                BALLOON);
    }

    /// The same devices in the same places, for another instance.
    ///
    /// @throws StasisException `MALFORMED_OBJECT` if the disks of `spec` are not those of this machine
    public Machine clonedAs(InstanceId other, InstanceSpec spec, Identity identity) {
        List<Disk> own = disks.stream()
                .map(disk -> spec.disks().stream()
                        .filter(asked -> asked.target().equals(disk.target()))
                        .findFirst()
                        .map(asked -> disk.clonedAs(other, asked, identity))
                        .orElseThrow(() -> new StasisException(
                                ErrorCode.MALFORMED_OBJECT, "a clone has a disk for each disk of its origin")))
                .toList();
        return new Machine(
                version, other, spec.name(), machineType, virtType, vcpus, memory, boot, own, bus, random, balloon);
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

    /// With one more disk, at the place that its name says.
    public Machine with(DiskSpec spec) {
        List<Disk> more = new ArrayList<>(disks);
        more.add(disk(instance, spec));
        more.sort(Comparator.comparing(Disk::target));
        return withDisks(more);
    }

    public Machine without(DeviceName target) {
        return withDisks(
                disks.stream().filter(disk -> !disk.target().equals(target)).toList());
    }

    /// The same devices, on disks that come from elsewhere: at another site what was a volume is not one.
    public Machine on(List<DiskSpec> specs) {
        List<Disk> moved = disks.stream()
                .map(disk -> specs.stream()
                        .filter(spec -> spec.target().equals(disk.target()))
                        .findFirst()
                        .map(spec -> new Disk(disk.target(), disk.address(), disk.serial(), disk.size(), spec.source()))
                        .orElse(disk))
                .toList();
        return withDisks(moved);
    }

    private Machine withDisks(List<Disk> other) {
        return new Machine(
                version, instance, name, machineType, virtType, vcpus, memory, boot, other, bus, random, balloon);
    }

    public List<DeviceName> targets() {
        return disks.stream().map(Disk::target).toList();
    }
}
