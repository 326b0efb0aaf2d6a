package cloud.stasis.compute;

import static cloud.stasis.compute.SimulatedHost.BLOCK;
import static cloud.stasis.compute.SimulatedHost.DATA;
import static cloud.stasis.compute.SimulatedHost.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.MemoryContentStore;
import cloud.stasis.compute.hypervisor.simulated.Faults;
import cloud.stasis.compute.hypervisor.simulated.SimulatedHypervisor;
import cloud.stasis.compute.hypervisor.simulated.SimulatedHypervisor.Ram;
import cloud.stasis.compute.watchdog.TimerWatchdog;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Part;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// One machine through a long random life, beside a model that knows every byte: whatever was done before, a
/// capture is the disk, and a revert brings back what was. A seed that fails becomes a test of its own.
class AgentSimulationTest {
    private static final int STEPS = 170;

    @TempDir(factory = FastDirectory.class)
    Path directory;

    /// What a snapshot must bring back.
    private record Expected(CommandResult.Captured captured, byte memory, Map<DeviceName, byte[]> disks) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everyCaptureIsTheDiskAndEveryRevertBringsItBack(long seed) {
        new Life(new Random(seed)).live();
    }

    private final class Life {
        private final Random random;
        private final MemoryContentStore store = new MemoryContentStore();
        private final SimulatedHypervisor machines;
        private final Map<SnapshotId, Expected> snapshots = new HashMap<>();
        private final Map<DeviceName, byte[]> disks = new HashMap<>();
        private final List<UUID> unsettled = new ArrayList<>();
        private final StringBuilder history = new StringBuilder();
        private SimulatedHost host;
        private byte memory;
        private final InstanceId id;

        Life(Random random) {
            this.random = random;
            this.machines = new SimulatedHypervisor(random.nextBoolean() ? Ram.IN_FILES : Ram.ANONYMOUS);
            this.host = agent();
            this.id = host.boot();
            for (DeviceName disk : List.of(ROOT, DATA)) {
                disks.put(disk, host.guest(id).read(disk, 0, size()));
            }
        }

        private SimulatedHost agent() {
            return new SimulatedHost(directory, store, machines, machines, new TimerWatchdog(machines));
        }

        void live() {
            for (int step = 0; step < STEPS; step++) {
                try {
                    step();
                    check();
                } catch (RuntimeException | AssertionError e) {
                    throw new AssertionError("step " + step + " after" + history, e);
                }
            }
            host.close();
        }

        private void step() {
            PowerState state = host.state(id);
            switch (random.nextInt(14)) {
                case 0, 1, 2, 3 -> write(state);
                case 4, 5 -> capture();
                case 6 -> snapshot(MemoryChoice.WITH_MEMORY);
                case 7 -> snapshot(MemoryChoice.DISKS_ONLY);
                case 8 -> revert();
                case 9 -> power(state);
                case 10 -> crash(state);
                case 11 -> restart();
                case 12 -> discard();
                case 13 -> settleLate();
                default -> throw new IllegalStateException();
            }
        }

        private void write(PowerState state) {
            if (state != PowerState.RUNNING) {
                power(state);
                return;
            }
            note("write");
            memory = (byte) (1 + random.nextInt(100));
            host.guest(id).poke(0, new byte[] {memory});
            for (DeviceName disk : List.of(ROOT, DATA)) {
                int offset = random.nextInt(size() - 3 * BLOCK);
                byte[] bytes = new byte[1 + random.nextInt(2 * BLOCK)];
                Arrays.fill(bytes, (byte) random.nextInt(256));
                host.guest(id).write(disk, offset, bytes);
                System.arraycopy(bytes, 0, disks.get(disk), offset, bytes.length);
            }
        }

        private void capture() {
            note("capture");
            host.hypervisor.faults().agent(Faults.Agent.values()[random.nextInt(Faults.Agent.values().length)]);
            UUID capture = UUID.randomUUID();
            assertIsTheDisk(host.capture(id, capture, Quiesce.PREFER));
            settle(capture);
        }

        private void settle(UUID capture) {
            switch (random.nextInt(4)) {
                case 0 -> unsettled.add(capture);
                case 1 -> host.settle(id, capture, Settlement.ABANDONED);
                default -> host.settle(id, capture, Settlement.SEALED);
            }
        }

        private void settleLate() {
            note("settle late");
            if (!unsettled.isEmpty()) {
                UUID capture = unsettled.remove(random.nextInt(unsettled.size()));
                host.settle(id, capture, random.nextBoolean() ? Settlement.SEALED : Settlement.ABANDONED);
            }
        }

        private void snapshot(MemoryChoice choice) {
            note("snapshot " + choice);
            SnapshotId snapshot = SnapshotId.random();
            boolean hasMemory = choice == MemoryChoice.WITH_MEMORY;
            CommandResult.Captured captured = host.snapshot(id, snapshot, choice);
            assertIsTheDisk(captured);
            assertThat(captured.parts().stream().anyMatch(Part.Memory.class::isInstance))
                    .isEqualTo(hasMemory && hasMemory(host.state(id)));
            Map<DeviceName, byte[]> kept = new HashMap<>();
            disks.forEach((disk, bytes) -> kept.put(disk, bytes.clone()));
            snapshots.put(snapshot, new Expected(captured, memory, kept));
        }

        private static boolean hasMemory(PowerState state) {
            return switch (state) {
                case RUNNING, PAUSED, SUSPENDED -> true;
                case STOPPED, CRASHED -> false;
            };
        }

        private void revert() {
            if (snapshots.isEmpty()) {
                return;
            }
            SnapshotId snapshot = List.copyOf(snapshots.keySet()).get(random.nextInt(snapshots.size()));
            Expected expected = snapshots.get(snapshot);
            boolean memoryToo = expected.captured().parts().stream().anyMatch(Part.Memory.class::isInstance)
                    && random.nextBoolean();
            note(memoryToo ? "revert" : "revert disks");
            MemoryChoice choice = memoryToo ? MemoryChoice.WITH_MEMORY : MemoryChoice.DISKS_ONLY;
            AfterRevert after = AfterRevert.values()[random.nextInt(memoryToo ? 2 : 3)];
            if (random.nextBoolean()) {
                safely(snapshot, expected, choice, after);
            } else {
                host.revert(id, snapshot, expected.captured(), choice, after);
            }
            memory = memoryToo ? expected.memory() : 0;
            expected.disks().forEach((disk, bytes) -> disks.put(disk, bytes.clone()));
        }

        /// What is given up becomes one more snapshot that must come back exactly.
        private void safely(SnapshotId snapshot, Expected expected, MemoryChoice choice, AfterRevert after) {
            SnapshotId safety = SnapshotId.random();
            byte memoryBefore = memory;
            Map<DeviceName, byte[]> before = new HashMap<>();
            disks.forEach((disk, bytes) -> before.put(disk, bytes.clone()));
            host.revertSafely(id, snapshot, expected.captured(), choice, after, safety);
            if (random.nextInt(4) == 0) {
                restart();
            }
            snapshots.put(safety, new Expected(host.keep(id, safety), memoryBefore, before));
        }

        private void discard() {
            if (!snapshots.isEmpty()) {
                note("discard");
                // The bundle stays in the store: it can still be reverted to.
                host.handle(new ComputeCommand.DiscardSnapshot(
                        id, List.copyOf(snapshots.keySet()).get(random.nextInt(snapshots.size()))));
            }
        }

        private void power(PowerState state) {
            PowerAction action =
                    switch (state) {
                        case RUNNING ->
                            List.of(PowerAction.STOP, PowerAction.PAUSE, PowerAction.SUSPEND, PowerAction.REBOOT_HARD)
                                    .get(random.nextInt(4));
                        case PAUSED -> PowerAction.UNPAUSE;
                        case SUSPENDED -> PowerAction.RESUME;
                        case STOPPED, CRASHED -> PowerAction.START;
                    };
            note(action.name());
            host.power(id, action);
            if (action == PowerAction.STOP || action == PowerAction.START || action == PowerAction.REBOOT_HARD) {
                memory = 0;
            }
        }

        private void crash(PowerState state) {
            if (state == PowerState.RUNNING) {
                note("crash");
                host.guest(id).crash();
                memory = 0;
            }
        }

        private void restart() {
            note("restart");
            // The machines live on, as they do under libvirt.
            host = agent();
        }

        private void check() {
            PowerState state = host.state(id);
            if (state == PowerState.RUNNING || state == PowerState.PAUSED) {
                disks.forEach((disk, bytes) -> assertThat(
                                Arrays.mismatch(host.guest(id).read(disk, 0, size()), bytes))
                        .as("disk " + disk)
                        .isEqualTo(-1));
                assertThat(host.guest(id).memory()[0]).as("memory").isEqualTo(memory);
            }
            assertThat(host.hypervisor.history().checkpoints(id))
                    .as("checkpoints")
                    .hasSizeLessThanOrEqualTo(1 + unsettled.size() + 1);
        }

        private void assertIsTheDisk(CommandResult.Captured captured) {
            disks.forEach((disk, bytes) -> assertThat(Arrays.mismatch(host.disk(captured, disk), bytes))
                    .as("captured " + disk)
                    .isEqualTo(-1));
        }

        private void note(String what) {
            history.append(", ").append(what);
        }
    }

    private static int size() {
        return (int) SimulatedHost.SIZE.bytes();
    }
}
