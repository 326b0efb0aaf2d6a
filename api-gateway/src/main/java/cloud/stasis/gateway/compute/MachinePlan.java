package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.image.ImageRecord;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.Part;
import cloud.stasis.model.StasisException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Decides what a machine is made of. Pure.
///
/// Disks in this order: root, the flavor's ephemeral disk, its swap disk, then those that were asked for.
final class MachinePlan {
    private static final String COMMAND_LINE = "root=/dev/vda console=ttyS0";
    /// What a kernel reads of its command line.
    private static final int MAX_COMMAND_LINE = 2048;

    private final Flavor flavor;
    private final ImageRecord image;
    private final List<DiskSpec> disks = new ArrayList<>();

    private MachinePlan(Flavor flavor, ImageRecord image) {
        this.flavor = flavor;
        this.image = image;
    }

    /// The machine, but for disks that were asked for.
    ///
    /// @throws StasisException `INVALID_REQUEST` if flavor and image do not go together
    static MachinePlan of(Flavor flavor, ImageRecord image) {
        MachinePlan plan = new MachinePlan(flavor, image);
        plan.add(plan.rootSize(), new DiskSource.OverImage(plan.rootDisk().content()));
        if (flavor.ephemeralGib() > 0) {
            plan.add(ByteCount.ofGib(flavor.ephemeralGib()), new DiskSource.Blank());
        }
        if (flavor.swapMib() > 0) {
            plan.add(ByteCount.ofMib(flavor.swapMib()), new DiskSource.Blank());
        }
        return plan;
    }

    /// @return what the disk will be called
    DeviceName add(ByteCount size, DiskSource source) {
        DeviceName device = DeviceName.virtio(disks.size());
        disks.add(new DiskSpec(device, size, source));
        return device;
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
        return new InstanceSpec(name, flavor.vcpus(), ByteCount.ofMib(flavor.memoryMib()), boot, disks);
    }

    /// By a kernel of its own if the image names one, else from its first disk.
    ///
    /// @param find an image that may be used by its id as the image names it
    static Boot boot(ImageRecord image, Function<String, Optional<ImageRecord>> find) {
        String kernel = image.properties().get("kernel_id");
        if (kernel == null || kernel.isEmpty()) {
            return new Boot.FromDisk();
        }
        String ramdisk = image.properties().getOrDefault("ramdisk_id", "");
        String commandLine = image.properties().getOrDefault("os_command_line", COMMAND_LINE);
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

    private Part.Disk rootDisk() {
        return image.disk()
                .orElseThrow(() -> invalid("Image " + image.id() + " is not a disk that a server can boot from."));
    }

    private ByteCount rootSize() {
        ByteCount needed = rootDisk().content().size();
        if (flavor.memoryMib() < image.minRamMib()) {
            throw invalid("Flavor's memory is too small for requested image.");
        }
        if (flavor.diskGib() == 0) {
            return needed;
        }
        ByteCount given = ByteCount.ofGib(flavor.diskGib());
        if (given.compareTo(needed) < 0) {
            throw invalid("Flavor's disk is too small for requested image. Flavor disk is " + given.bytes()
                    + " bytes, image is " + needed.bytes() + " bytes.");
        }
        if (flavor.diskGib() < image.minDiskGib()) {
            throw invalid("Flavor's disk is smaller than the minimum size specified in image metadata.");
        }
        return given;
    }

    private static StasisException invalid(String message) {
        return new StasisException(ErrorCode.INVALID_REQUEST, message);
    }
}
