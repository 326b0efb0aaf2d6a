package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.compute.BlockDevice.ExistingVolume;
import cloud.stasis.gateway.compute.BlockDevice.FreshVolume;
import cloud.stasis.gateway.compute.BlockDevice.LocalImage;
import cloud.stasis.gateway.image.ImageRecord;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The disks of a server that is to be made: what the tenant asks for, what the image asks for, and which of them is
/// booted from. Pure.
///
/// ```
///  image with a mapping   its disks, each unless the tenant names one of the same name; the tenant's
///  image                  a root disk over it, unless another device is to be booted from; the tenant's
///  no image               the tenant's, one of which is to be booted from
/// ```
///
/// @param root the disk that is booted from
/// @param others in the order in which the machine gets them
record Layout(BlockDevice root, List<BlockDevice> others) {
    Layout {
        others = List.copyOf(others);
    }

    /// @throws StasisException `INVALID_REQUEST` if there is nothing to boot from, or more than one
    static Layout of(NewServer asked, Optional<ImageRecord> image) {
        List<BlockDevice> mapped =
                image.map(record -> ImageDevices.of(record.properties())).orElse(List.of());
        List<BlockDevice> own = new ArrayList<>(asked.devices());
        requireImage(own, image);
        if (mapped.stream().anyMatch(BlockDevice::isRoot)) {
            // Clients always add one for the image.
            own.removeIf(BlockDevice::isLocalRoot);
        }
        Set<String> named =
                own.stream().flatMap(device -> device.name().stream()).collect(Collectors.toUnmodifiableSet());
        List<BlockDevice> all = new ArrayList<>();
        mapped.stream()
                .filter(device -> device.name().filter(named::contains).isEmpty())
                .forEach(all::add);
        all.addAll(own);
        if (image.isPresent() && all.stream().noneMatch(BlockDevice::isRoot)) {
            all.addFirst(BlockDevice.root(image.get().id()));
        }
        requireBootable(all);
        requireOnce(all, asked.count());
        BlockDevice root = all.stream().filter(BlockDevice::isRoot).findFirst().orElseThrow();
        all.remove(root);
        all.sort(Comparator.comparing(device -> device.bootIndex().orElse(Integer.MAX_VALUE)));
        return new Layout(root, all);
    }

    private static void requireImage(List<BlockDevice> devices, Optional<ImageRecord> image) {
        for (BlockDevice device : devices) {
            if (device.origin() instanceof LocalImage(var id)
                    && image.filter(record -> record.id().equals(id)).isEmpty()) {
                throw MappedDevice.invalid("Mapping image to local is not supported.");
            }
        }
    }

    private static void requireBootable(List<BlockDevice> devices) {
        if (devices.isEmpty()) {
            throw new StasisException(ErrorCode.INVALID_REQUEST, "Invalid imageRef provided.");
        }
        List<Integer> indexes =
                devices.stream().flatMap(device -> device.bootIndex().stream()).toList();
        Set<Integer> distinct = new TreeSet<>(indexes);
        boolean isSequence = !distinct.isEmpty()
                && distinct.size() == indexes.size()
                && distinct.stream().allMatch(index -> index < indexes.size());
        boolean hasDisk = devices.stream()
                .filter(BlockDevice::isRoot)
                .noneMatch(root -> root.origin() instanceof BlockDevice.BlankDisk
                        || root.origin() instanceof BlockDevice.SwapDisk);
        if (!isSequence || !hasDisk) {
            throw MappedDevice.invalid(
                    "Boot sequence for the instance and image/block device mapping combination is" + " not valid.");
        }
        if (devices.size() > DeviceName.MAX_VIRTIO) {
            throw MappedDevice.invalid("a server has at most " + DeviceName.MAX_VIRTIO + " disks.");
        }
    }

    private static void requireOnce(List<BlockDevice> devices, int count) {
        if (count > 1 && devices.stream().anyMatch(device -> device.origin() instanceof ExistingVolume)) {
            throw new StasisException(
                    ErrorCode.INVALID_REQUEST, "Cannot attach one or more volumes to multiple instances");
        }
    }

    boolean isVolumeBacked() {
        return !(root.origin() instanceof LocalImage);
    }

    List<FreshVolume> freshVolumes() {
        return all().stream()
                .flatMap(device -> device.origin() instanceof FreshVolume fresh ? Stream.of(fresh) : Stream.empty())
                .toList();
    }

    /// The places that volumes are to have.
    Set<DeviceName> places() {
        return others.stream().flatMap(device -> device.place().stream()).collect(Collectors.toUnmodifiableSet());
    }

    /// The root disk first.
    List<BlockDevice> all() {
        List<BlockDevice> all = new ArrayList<>(List.of(root));
        all.addAll(others);
        return all;
    }
}
