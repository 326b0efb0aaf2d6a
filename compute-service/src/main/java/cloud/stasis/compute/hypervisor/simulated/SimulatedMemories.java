package cloud.stasis.compute.hypervisor.simulated;

import cloud.stasis.compute.hypervisor.Memories;
import cloud.stasis.compute.hypervisor.RamImage;
import cloud.stasis.compute.machine.MachineFiles;
import cloud.stasis.disks.HostFiles;
import cloud.stasis.machine.Machine;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// A memory file is the memory, byte for byte, or a [RamImage] of it.
final class SimulatedMemories implements Memories {
    private static final byte[] STATE = "simulated devices".getBytes(StandardCharsets.US_ASCII);

    private final SimulatedHypervisor host;

    SimulatedMemories(SimulatedHypervisor host) {
        this.host = host;
    }

    @Override
    public Keeping keeping() {
        return host.keepsRamInFiles() ? Keeping.IN_FILES : Keeping.PRIVATE;
    }

    @Override
    public void prepareCut(InstanceId instance, Path memory) {
        host.machine(instance).requireActive();
    }

    @Override
    public void endCut(InstanceId instance) {}

    @Override
    public void save(InstanceId instance, Path memory, Pause pause) {
        SimulatedMachine machine = host.machine(instance);
        machine.requireActive();
        if (machine.ram().isPresent()) {
            saveImage(machine, instance, memory, pause);
        } else {
            synchronized (machine) {
                write(machine, memory);
                machine.powerOff();
            }
        }
        host.changed(instance);
    }

    private void saveImage(SimulatedMachine machine, InstanceId instance, Path memory, Pause pause) {
        boolean runs = machine.view().state() == PowerState.RUNNING;
        if (runs) {
            pause.begins();
            host.domains().pause(instance);
        }
        write(machine, memory);
        if (runs) {
            pause.ends();
        }
        machine.powerOff();
        machine.ram().ifPresent(HostFiles::delete);
    }

    @Override
    public Way cut(InstanceId instance, Path memory, Map<DeviceName, Path> layers) {
        host.faults().beforeCut();
        SimulatedMachine machine = host.machine(instance);
        synchronized (machine) {
            machine.switchTo(layers);
            write(machine, memory);
            return machine.ram().isPresent() ? Way.SHARED : Way.SAVED;
        }
    }

    private static void write(SimulatedMachine machine, Path file) {
        try {
            Optional<Path> ram = machine.ram();
            if (ram.isEmpty()) {
                Files.write(file, machine.memory());
                return;
            }
            Files.write(ram.get(), machine.memory());
            ByteCount size = ByteCount.ofBytes(SimulatedMachine.MEMORY_BYTES);
            RamImage.write(file, ram.get(), size, ByteBuffer.wrap(STATE));
        } catch (IOException e) {
            throw HostFiles.failure("save a simulated memory", e);
        }
    }

    private static byte[] read(MachineFiles files, Path memory) throws IOException {
        if (!RamImage.isOne(memory)) {
            return Files.readAllBytes(memory);
        }
        RamImage image = RamImage.open(memory);
        if (!image.readState().equals(ByteBuffer.wrap(STATE))) {
            throw new StasisException(ErrorCode.HYPERVISOR_FAILED, "not the state of a simulated machine");
        }
        Path ram = files.ramFile().orElseThrow();
        image.copyRam(ram);
        return Files.readAllBytes(ram);
    }

    @Override
    public void restorePaused(Machine machine, MachineFiles files, Path memory) {
        host.faults().beforeStart();
        try {
            host.machine(machine.instance()).startPaused(read(files, memory));
        } catch (IOException e) {
            throw HostFiles.failure("read a simulated memory", e);
        }
        host.changed(machine.instance());
    }
}
