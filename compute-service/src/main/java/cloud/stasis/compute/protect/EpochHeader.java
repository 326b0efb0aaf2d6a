package cloud.stasis.compute.protect;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.ProtectionId;
import cloud.stasis.model.StasisException;
import java.time.Instant;
import java.util.List;

/// What an epoch says of itself, before anything else.
///
/// @param epoch from 1
/// @param base the epoch that it is a difference to; 0 if it is whole
/// @param at its instant by the clock of the source
/// @param ram the size of the RAM
/// @param pages whether pages are all that are not zeros, or those that differ
record EpochHeader(
        ProtectionId protection,
        InstanceId instance,
        long epoch,
        long base,
        Instant at,
        ByteCount ram,
        Extent pages,
        List<Disk> disks) {
    /// As many as a machine has places for.
    static final int MAX_DISKS = 26;

    EpochHeader {
        disks = List.copyOf(disks);
        if (epoch < 1 || base < 0 || base >= epoch || disks.isEmpty() || disks.size() > MAX_DISKS) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "the header of an epoch is out of bounds");
        }
        if (ram.bytes() % Epochs.PAGE != 0 || ram.isZero()) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "the RAM of an epoch is not made of pages");
        }
        if (disks.stream().map(Disk::target).distinct().count() != disks.size()) {
            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "two disks of an epoch have one name");
        }
    }

    enum Extent {
        /// Everything else is zeros.
        WHOLE,
        /// Everything else is as in the epoch before.
        CHANGED
    }

    /// @param parts whether its parts are all that are not zeros, or those that were written since
    record Disk(DeviceName target, ByteCount size, Extent parts) {}

    boolean isWhole() {
        return pages == Extent.WHOLE && disks.stream().allMatch(disk -> disk.parts() == Extent.WHOLE);
    }
}
