package cloud.stasis.compute.hypervisor.simulated;

import cloud.stasis.compute.hypervisor.Guests;
import cloud.stasis.model.InstanceId;
import java.util.List;

final class SimulatedGuests implements Guests {
    private final SimulatedHypervisor host;

    SimulatedGuests(SimulatedHypervisor host) {
        this.host = host;
    }

    @Override
    public FreezeAnswer freeze(InstanceId instance) {
        SimulatedMachine machine = host.machine(instance);
        machine.requireActive();
        return switch (host.faults().agent()) {
            case ANSWERS -> {
                machine.frozen(true);
                yield frozen(machine);
            }
            case THAWS_EARLY -> frozen(machine);
            case ABSENT -> new FreezeAnswer.Absent("no guest agent answers");
            case HANGS -> {
                machine.frozen(true);
                yield new FreezeAnswer.Silent("the guest agent did not answer the freeze in time");
            }
        };
    }

    private static FreezeAnswer.Frozen frozen(SimulatedMachine machine) {
        List<FileSystem> fileSystems = machine.machine().disks().stream()
                .map(disk -> new FileSystem("/mnt/" + disk.target(), "ext4"))
                .toList();
        return new FreezeAnswer.Frozen(fileSystems.size(), fileSystems);
    }

    @Override
    public ThawAnswer thaw(InstanceId instance) {
        SimulatedMachine machine = host.machine(instance);
        boolean was = machine.isFrozen();
        machine.frozen(false);
        return was ? ThawAnswer.THAWED : ThawAnswer.NOTHING_FROZEN;
    }

    @Override
    public boolean isFrozen(InstanceId instance) {
        return host.machine(instance).isFrozen();
    }
}
