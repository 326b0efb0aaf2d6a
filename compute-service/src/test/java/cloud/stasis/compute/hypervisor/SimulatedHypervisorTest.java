package cloud.stasis.compute.hypervisor;

import cloud.stasis.compute.hypervisor.simulated.SimulatedHypervisor;
import cloud.stasis.compute.machine.MachineFiles;
import cloud.stasis.disks.Backing;
import cloud.stasis.machine.Machine;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class SimulatedHypervisorTest extends HypervisorContract {
    private static final ByteCount SIZE = ByteCount.ofMib(16);
    private static final int WORD = 16;

    @TempDir
    static Path directory;

    private final SimulatedHypervisor hypervisor = new SimulatedHypervisor();
    private final InstanceId id = InstanceId.random();
    private final Map<DeviceName, Path> disks = new TreeMap<>();

    @BeforeAll
    void define() {
        for (DeviceName target : List.of(new DeviceName("vda"), DISK)) {
            Path layer = directory.resolve(target + ".sparse");
            hypervisor.layers().create(layer, SIZE, new Backing.Nothing());
            disks.put(target, layer);
        }
        hypervisor.domains().define(machine(), files());
    }

    @Override
    protected Hypervisor hypervisor() {
        return hypervisor;
    }

    @Override
    protected Machine machine() {
        List<DiskSpec> specs = disks.keySet().stream()
                .map(target -> new DiskSpec(target, SIZE, new DiskSource.Blank()))
                .toList();
        return Machine.of(
                id,
                new InstanceSpec("simulated", 1, ByteCount.ofMib(64), new Boot.FromDisk(), specs),
                hypervisor.board());
    }

    @Override
    protected MachineFiles files() {
        return new MachineFiles(
                directory,
                disks,
                Optional.empty(),
                Optional.empty(),
                directory.resolve("console.log"),
                Optional.empty());
    }

    @Override
    protected Path directory() {
        return directory;
    }

    @Override
    protected void awaitBooted() {}

    @Override
    protected void write(long offset, byte[] bytes) {
        hypervisor.guest(id).write(DISK, offset, bytes);
    }

    @Override
    protected byte[] read(long offset, int length) {
        return hypervisor.guest(id).read(DISK, offset, length);
    }

    @Override
    protected void remember(String word) {
        hypervisor.guest(id).poke(0, new byte[WORD]);
        hypervisor.guest(id).poke(0, word.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    protected String remembered() {
        return new String(hypervisor.guest(id).memory(), 0, WORD, StandardCharsets.UTF_8).replace("\0", "");
    }
}
