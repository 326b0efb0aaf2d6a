package cloud.stasis.compute.hypervisor.simulated;

import cloud.stasis.compute.hypervisor.Memories;
import cloud.stasis.compute.machine.Machine;
import cloud.stasis.compute.machine.MachineFiles;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// A memory file is the memory, byte for byte.
final class SimulatedMemories implements Memories {
    private final SimulatedHypervisor host;

    SimulatedMemories(SimulatedHypervisor host) {
        this.host = host;
    }

    @Override
    public void save(InstanceId instance, Path memory) {
        SimulatedMachine machine = host.machine(instance);
        synchronized (machine) {
            machine.requireActive();
            write(memory, machine.memory());
            machine.powerOff();
        }
        host.changed(instance);
    }

    @Override
    public void cut(InstanceId instance, Path memory, Map<DeviceName, Path> layers) {
        host.faults().beforeCut();
        SimulatedMachine machine = host.machine(instance);
        synchronized (machine) {
            machine.switchTo(layers);
            write(memory, machine.memory());
        }
    }

    private static void write(Path file, byte[] memory) {
        try {
            Files.write(file, memory);
        } catch (IOException e) {
            throw HostFiles.failure("save a simulated memory", e);
        }
    }

    @Override
    public void restorePaused(Machine machine, MachineFiles files, Path memory) {
        host.domains().define(machine, files);
        try {
            host.machine(machine.instance()).startPaused(Files.readAllBytes(memory));
        } catch (IOException e) {
            throw HostFiles.failure("read a simulated memory", e);
        }
        host.changed(machine.instance());
    }
}
