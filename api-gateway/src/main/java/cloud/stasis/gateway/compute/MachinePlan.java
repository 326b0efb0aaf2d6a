package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.image.ImageRecord;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.ClockBasis;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.Firmware;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.TpmModel;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Part;
import cloud.stasis.model.StasisException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Decides what a machine is made of. Pure.
///
/// Disks in this order: root, the flavor's ephemeral disks, its disk to swap to, then those that were asked
/// for. They are named in order too, except for volumes that are to have a place of their own.
final class MachinePlan {
    private static final String COMMAND_LINE = "root=/dev/vda console=ttyS0";
    /// What a kernel reads of its command line.
    private static final int MAX_COMMAND_LINE = 2048;
    private static final String FIRMWARE = "hw_firmware_type";
    private static final String BIOS = "bios";
    private static final String TPM_VERSION = "2.0";

    private final Flavor flavor;
    private final BootSource source;
    private final List<DiskSpec> disks = new ArrayList<>();
    private final Set<DeviceName> kept = new HashSet<>();

    private MachinePlan(Flavor flavor, BootSource source) {
        this.flavor = flavor;
        this.source = source;
    }

    /// The machine, but for its disks.
    ///
    /// @throws StasisException `INVALID_REQUEST` if the flavor's memory is too small for it
    static MachinePlan of(Flavor flavor, BootSource source) {
        if (flavor.memoryMib() < source.minRamMib()) {
            throw invalid("Flavor's memory is too small for requested image.");
        }
        return new MachinePlan(flavor, source);
    }

    /// With a root disk of its own.
    ///
    /// @throws StasisException `INVALID_REQUEST` if it does not fit
    void addRoot() {
        Content content = source.disk().orElseThrow().content();
        add(rootSize(content.size()), new DiskSource.OverImage(content));
    }

    void addOwn(List<ByteCount> blanks) {
        blanks.forEach(size -> add(size, new DiskSource.Blank()));
    }

    /// What the next disk will be called.
    DeviceName next() {
        return IntStream.range(0, DeviceName.MAX_VIRTIO)
                .mapToObj(DeviceName::virtio)
                .filter(device -> isFree(device) && !kept.contains(device))
                .findFirst()
                .orElseThrow(() -> invalid("A server has at most " + DeviceName.MAX_VIRTIO + " disks."));
    }

    private boolean isFree(DeviceName device) {
        return disks.stream().noneMatch(disk -> disk.target().equals(device));
    }

    /// No disk gets one of these places unless it asks for it.
    MachinePlan keeping(Set<DeviceName> places) {
        kept.addAll(places);
        return this;
    }

    /// What a disk will be called that is to have a place.
    DeviceName next(Optional<DeviceName> wanted) {
        return wanted.filter(this::isFree).orElseGet(this::next);
    }

    void add(ByteCount size, DiskSource source) {
        add(next(), size, source);
    }

    void add(DeviceName device, ByteCount size, DiskSource source) {
        disks.add(new DiskSpec(device, size, source));
    }

    /// With the disks beside the root disk that a machine had before.
    MachinePlan with(List<DiskSpec> before) {
        DiskSpec root = disks.getFirst();
        disks.clear();
        disks.add(root);
        disks.addAll(before.subList(1, before.size()));
        return this;
    }

    InstanceSpec spec(String name, Boot boot) {
        InstanceSpec spec = new InstanceSpec(name, flavor.vcpus(), ByteCount.ofMib(flavor.memoryMib()), boot, disks);
        spec = switch (source.properties().getOrDefault(FIRMWARE, BIOS)) {
            case BIOS -> spec;
            case "uefi" -> spec.with(Firmware.UEFI);
            default -> throw invalid("The property " + FIRMWARE + " of the image must be bios or uefi.");
        };
        Optional<TpmModel> tpm = tpm();
        if (tpm.isPresent()) {
            spec = spec.with(tpm.get());
        }
        // Windows keeps its hardware clock in local time.
        return "windows".equals(source.properties().get("os_type")) ? spec.with(ClockBasis.LOCAL_TIME) : spec;
    }

    /// As the flavor or the image says, in the words that Nova has for it.
    private Optional<TpmModel> tpm() {
        Optional<String> version = said("tpm_version");
        Optional<String> model = said("tpm_model");
        if (version.isEmpty()) {
            if (model.isPresent()) {
                throw invalid("A TPM model is only chosen together with hw:tpm_version or hw_tpm_version.");
            }
            return Optional.empty();
        }
        if (!version.get().equals(TPM_VERSION)) {
            throw invalid("TPMs of version " + TPM_VERSION + " are offered only.");
        }
        return Optional.of(
                switch (model.orElse("tpm-tis")) {
                    case "tpm-crb" -> TpmModel.CRB;
                    case "tpm-tis" -> TpmModel.TIS;
                    default -> throw invalid("The TPM model must be tpm-crb or tpm-tis.");
                });
    }

    private Optional<String> said(String key) {
        Optional<String> byFlavor = Optional.ofNullable(flavor.extraSpecs().get("hw:" + key));
        Optional<String> byImage = Optional.ofNullable(source.properties().get("hw_" + key));
        if (byFlavor.isPresent() && byImage.isPresent() && !byFlavor.equals(byImage)) {
            throw invalid("Flavor and image contradict each other about hw:" + key + " and hw_" + key + ".");
        }
        return byFlavor.or(() -> byImage);
    }

    /// By a kernel of its own if the source names one, else from its first disk.
    ///
    /// @param find an image that may be used by its id as the source names it
    static Boot boot(BootSource source, Function<String, Optional<ImageRecord>> find) {
        String kernel = source.properties().get("kernel_id");
        if (kernel == null || kernel.isEmpty()) {
            return new Boot.FromDisk();
        }
        String ramdisk = source.properties().getOrDefault("ramdisk_id", "");
        String commandLine = source.properties().getOrDefault("os_command_line", COMMAND_LINE);
        if (commandLine.length() > MAX_COMMAND_LINE) {
            throw invalid("The property os_command_line of the image is longer than " + MAX_COMMAND_LINE + ".");
        }
        return new Boot.FromKernel(
                file(find, kernel, "kernel").content(),
                ramdisk.isEmpty()
                        ? Optional.empty()
                        : Optional.of(file(find, ramdisk, "ramdisk").content()),
                commandLine);
    }

    private static Part.File file(Function<String, Optional<ImageRecord>> find, String id, String what) {
        return find.apply(id)
                .filter(ImageRecord::isActive)
                .flatMap(ImageRecord::file)
                .orElseThrow(() -> invalid("The " + what + " image that the image names cannot be used."));
    }

    private ByteCount rootSize(ByteCount needed) {
        if (flavor.diskGib() == 0) {
            return needed;
        }
        ByteCount given = ByteCount.ofGib(flavor.diskGib());
        if (given.compareTo(needed) < 0) {
            throw invalid("Flavor's disk is too small for requested image. Flavor disk is " + given.bytes()
                    + " bytes, image is " + needed.bytes() + " bytes.");
        }
        if (flavor.diskGib() < source.minDiskGib()) {
            throw invalid("Flavor's disk is smaller than the minimum size specified in image metadata.");
        }
        return given;
    }

    private static StasisException invalid(String message) {
        return new StasisException(ErrorCode.INVALID_REQUEST, message);
    }
}
