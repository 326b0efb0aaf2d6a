package cloud.stasis.compute.hypervisor.simulated;

import cloud.stasis.compute.hypervisor.LiveDevices;
import cloud.stasis.machine.Machine;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.MacAddress;
import cloud.stasis.model.NetworkId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Every network reaches every simulated host, unless a test cuts it off; a simulated guest lets everything go
/// at once.
final class SimulatedDevices implements LiveDevices {
    private final SimulatedHypervisor host;

    SimulatedDevices(SimulatedHypervisor host) {
        this.host = host;
    }

    @Override
    public boolean reaches(NetworkId network) {
        return !host.faults().isCutOff(network);
    }

    @Override
    public Set<MacAddress> nics(InstanceId instance) {
        return host.machine(instance).machine().nics().stream()
                .map(Machine.Nic::mac)
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void attach(InstanceId instance, Machine.Nic nic) {
        SimulatedMachine machine = host.machine(instance);
        List<Machine.Nic> more = others(machine.machine(), nic);
        more.add(nic);
        machine.become(machine.machine().with(more));
    }

    @Override
    public void askFor(InstanceId instance, Machine.Nic nic) {
        SimulatedMachine machine = host.machine(instance);
        machine.become(machine.machine().with(others(machine.machine(), nic)));
    }

    @Override
    public void link(InstanceId instance, Machine.Nic nic) {
        SimulatedMachine machine = host.machine(instance);
        machine.become(machine.machine().with(nic.port(), nic.link()));
    }

    @Override
    public void change(InstanceId instance, Machine.Drive drive, Optional<Path> medium) {
        SimulatedMachine machine = host.machine(instance);
        machine.become(machine.machine().with(drive.target(), drive.medium()));
    }

    private static List<Machine.Nic> others(Machine machine, Machine.Nic nic) {
        return new ArrayList<>(machine.nics().stream()
                .filter(known -> !known.port().equals(nic.port()))
                .toList());
    }
}
