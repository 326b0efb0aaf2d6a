package cloud.stasis.compute.capture;

import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.machine.Machine;

/// What a receipt says of the host.
final class Receipts {
    private Receipts() {}

    static String hypervisor(Host host, Machine machine) {
        return host.hypervisor().version() + ", " + machine.machineType() + ", "
                + machine.virtType().wireName();
    }
}
