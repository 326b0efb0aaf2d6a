package cloud.stasis.gateway.compute;

import cloud.stasis.gateway.compute.BlockDevice.BlankDisk;
import cloud.stasis.gateway.compute.BlockDevice.SwapDisk;
import cloud.stasis.model.ByteCount;
import java.util.ArrayList;
import java.util.List;

/// The blank disks that a flavor gives a server: as it says, or cut otherwise by who makes the server, but never
/// more. Pure.
final class FlavorDisks {
    private FlavorDisks() {}

    /// Ephemeral disks, then one to swap to.
    ///
    /// @throws cloud.stasis.model.StasisException `INVALID_REQUEST` if more is asked for than the flavor has
    static List<ByteCount> of(Flavor flavor, List<BlockDevice> asked) {
        ByteCount ephemeral = ByteCount.ofGib(flavor.ephemeralGib());
        ByteCount swap = ByteCount.ofMib(flavor.swapMib());
        List<ByteCount> ephemerals = new ArrayList<>();
        List<ByteCount> swaps = new ArrayList<>();
        for (BlockDevice device : asked) {
            switch (device.origin()) {
                case BlankDisk blank -> ephemerals.add(blank.size().orElse(ephemeral));
                case SwapDisk disk -> swaps.add(disk.size().orElse(swap));
                case BlockDevice.LocalImage _, BlockDevice.FreshVolume _, BlockDevice.ExistingVolume _ -> {}
            }
        }
        if (sum(ephemerals) > ephemeral.bytes()) {
            throw MappedDevice.invalid("Ephemeral disks requested are larger than the instance type allows. If no size"
                    + " is given in one block device mapping, flavor ephemeral size will be used.");
        }
        if (swaps.size() > 1) {
            throw MappedDevice.invalid("More than one swap drive requested.");
        }
        if (sum(swaps) > swap.bytes()) {
            throw MappedDevice.invalid("Swap drive requested is larger than instance type allows.");
        }
        List<ByteCount> disks = new ArrayList<>(ephemerals.isEmpty() ? List.of(ephemeral) : ephemerals);
        disks.addAll(swaps.isEmpty() ? List.of(swap) : swaps);
        disks.removeIf(ByteCount::isZero);
        return disks;
    }

    private static long sum(List<ByteCount> sizes) {
        return sizes.stream().mapToLong(ByteCount::bytes).sum();
    }
}
