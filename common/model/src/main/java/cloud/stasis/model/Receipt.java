package cloud.stasis.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

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
/// @param freeze which file systems the guest's agent froze; empty if none were
/// @param together of which instant of several machines it is a part, if it is
/// @param cpu what the guest saw of its CPU, of a capture with memory whose hypervisor tells it
public record Receipt(
        String strategy,
        Quiesce asked,
        Consistency reached,
        Duration frozen,
        Duration paused,
        String guestAgent,
        String hypervisor,
        List<Transfer> transfers,
        Optional<Freeze> freeze,
        Optional<Together> together,
        Optional<Cpu> cpu) {

    public Receipt {
        transfers = List.copyOf(transfers);
    }

    /// Without a word on the CPU.
    public Receipt(
            String strategy,
            Quiesce asked,
            Consistency reached,
            Duration frozen,
            Duration paused,
            String guestAgent,
            String hypervisor,
            List<Transfer> transfers,
            Optional<Freeze> freeze,
            Optional<Together> together) {
        this(
                strategy,
                asked,
                reached,
                frozen,
                paused,
                guestAgent,
                hypervisor,
                transfers,
                freeze,
                together,
                Optional.empty());
    }

    /// Of one machine, without a word on its file systems.
    public Receipt(
            String strategy,
            Quiesce asked,
            Consistency reached,
            Duration frozen,
            Duration paused,
            String guestAgent,
            String hypervisor,
            List<Transfer> transfers) {
        this(
                strategy,
                asked,
                reached,
                frozen,
                paused,
                guestAgent,
                hypervisor,
                transfers,
                Optional.empty(),
                Optional.empty());
    }

    /// For people who must not know what of it the store had already.
    public Receipt withoutTransfers() {
        return new Receipt(
                strategy, asked, reached, frozen, paused, guestAgent, hypervisor, List.of(), freeze, together, cpu);
    }

    public Receipt with(Together instant) {
        return new Receipt(
                strategy,
                asked,
                reached,
                frozen,
                paused,
                guestAgent,
                hypervisor,
                transfers,
                freeze,
                Optional.of(instant),
                cpu);
    }

    /// Of a guest that saw this CPU.
    public Receipt seeing(Optional<Cpu> seen) {
        return new Receipt(
                strategy, asked, reached, frozen, paused, guestAgent, hypervisor, transfers, freeze, together, seen);
    }

    /// The file systems that were frozen.
    public record Freeze(List<FrozenFileSystem> fileSystems) {
        public Freeze {
            fileSystems = List.copyOf(fileSystems);
        }
    }

    /// @param mountpoint as the guest says
    /// @param type as `ext4`
    /// @param frozen no longer than this; the agent freezes all in one go
    public record FrozenFileSystem(String mountpoint, String type, Duration frozen) {}

    /// One instant of several machines.
    ///
    /// @param instant names it
    /// @param machines how many there were
    /// @param hosts on how many hosts
    /// @param skew between the first that stood still and the last; none went on in between
    public record Together(UUID instant, int machines, int hosts, Duration skew) {}

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
