package cloud.stasis.compute.capture;

import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.instance.SnapshotRecord;
import cloud.stasis.compute.instance.SnapshotRecord.Quiet;
import cloud.stasis.machine.Machine;
import cloud.stasis.model.Consistency;

/// What a receipt says of the host.
final class Receipts {
    private Receipts() {}

    static String hypervisor(Host host, Machine machine) {
        return host.hypervisor().version() + ", " + machine.machineType() + ", "
                + machine.virtType().wireName();
    }

    /// What the guest agent said, or why it was not asked.
    static String agent(SnapshotRecord instant) {
        return instant.quiet()
                .map(Quiet::agent)
                .orElse(
                        instant.reached() == Consistency.MEMORY
                                ? "not asked: memory is captured"
                                : "the machine is off");
    }
}
