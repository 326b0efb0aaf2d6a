package cloud.stasis.model;

import java.time.Duration;
import java.util.List;

/// What a capture did, kept with what it captured, so that nobody has to guess later.
///
/// @param strategy how it was captured, for instance `backup-incremental`, `layer`, `memory-standard`
/// @param asked what the caller asked for
/// @param reached what the capture is
/// @param frozen how long the guest's file systems were frozen; zero if they were not
/// @param paused how long the vCPUs were stopped; zero if they never were
/// @param guestAgent what the guest agent answered, in words
/// @param hypervisor hypervisor, library, machine type and virtualisation as `QEMU 7.2.22, libvirt 9.0.0,
/// pc-i440fx-7.2, qemu`
/// @param transfers what was moved for each part
public record Receipt(
        String strategy,
        Quiesce asked,
        Consistency reached,
        Duration frozen,
        Duration paused,
        String guestAgent,
        String hypervisor,
        List<Transfer> transfers) {

    public Receipt {
        transfers = List.copyOf(transfers);
    }

    /// What moving one part into the store cost.
    ///
    /// @param part the disk target, `memory`, or the name of another part
    /// @param mode `incremental`, or `full` with the reason in `reason`
    /// @param reason why everything had to be read; empty for an incremental transfer
    /// @param read bytes read from the part
    /// @param sent bytes sent to the store (compressed)
    /// @param shared bytes that the store had already
    public record Transfer(
            String part, Mode mode, String reason, ByteCount read, ByteCount sent, ByteCount shared, Duration took) {}

    public enum Mode {
        FULL,
        INCREMENTAL
    }
}
