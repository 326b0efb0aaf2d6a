package cloud.stasis.compute.hypervisor.simulated;

import cloud.stasis.model.DeviceName;

/// What the programs in a simulated guest do, and what befalls it.
public final class SimulatedGuest {
    private final SimulatedMachine machine;

    SimulatedGuest(SimulatedMachine machine) {
        this.machine = machine;
    }

    public void write(DeviceName disk, long offset, byte[] bytes) {
        machine.write(disk, offset, bytes);
    }

    public byte[] read(DeviceName disk, long offset, int length) {
        return machine.read(disk, offset, length);
    }

    /// Writes to its memory.
    public void poke(int offset, byte[] bytes) {
        machine.poke(offset, bytes);
    }

    public byte[] memory() {
        return machine.memory();
    }

    public boolean isFrozen() {
        return machine.isFrozen();
    }

    /// The hypervisor's process is killed.
    public void crash() {
        machine.crash();
    }
}
