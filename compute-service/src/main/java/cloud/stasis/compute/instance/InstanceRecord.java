package cloud.stasis.compute.instance;

import cloud.stasis.machine.Machine;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.Size;

/// `spec.json`: what was asked for, and the machine that was made of it.
public record InstanceRecord(InstanceSpec spec, Machine machine) {
    public InstanceRecord sized(Size size) {
        return new InstanceRecord(spec.sized(size), machine.sized(size));
    }

    /// So that a guest learns that its disks are not what it left, with its memory or without.
    public InstanceRecord anotherGeneration() {
        return machine.platform()
                .map(board -> new InstanceRecord(spec, machine.with(board.anotherGeneration())))
                .orElse(this);
    }
}
