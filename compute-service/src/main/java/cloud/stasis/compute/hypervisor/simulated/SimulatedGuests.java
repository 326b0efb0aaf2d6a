package cloud.stasis.compute.hypervisor.simulated;

import cloud.stasis.compute.hypervisor.Guests;
import cloud.stasis.model.InstanceId;

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
                yield new FreezeAnswer.Frozen(machine.machine().disks().size());
            }
            case THAWS_EARLY ->
                new FreezeAnswer.Frozen(machine.machine().disks().size());
            case ABSENT -> new FreezeAnswer.Absent("no guest agent answers");
            case HANGS -> {
                machine.frozen(true);
                yield new FreezeAnswer.Silent("the guest agent did not answer the freeze in time");
            }
        };
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
