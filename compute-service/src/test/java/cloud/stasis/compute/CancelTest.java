package cloud.stasis.compute;

import static cloud.stasis.compute.SimulatedHost.BLOCK;
import static cloud.stasis.compute.SimulatedHost.DATA;
import static cloud.stasis.compute.SimulatedHost.GRANT;
import static cloud.stasis.compute.SimulatedHost.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.bus.CommandContext;
import cloud.stasis.chunks.MemoryContentStore;
import cloud.stasis.compute.hypervisor.simulated.SimulatedHypervisor;
import cloud.stasis.compute.watchdog.TimerWatchdog;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.Cut;
import cloud.stasis.messages.ComputeCommand.Hold;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.CaptureStrategy;
import cloud.stasis.model.CommandId;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Phase;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A capture is cancelled at every moment at which it asks whether it is: the guest is as it was, and nothing is left.
class CancelTest {
    @TempDir(factory = FastDirectory.class)
    Path directory;

    private SimulatedHost host;
    private InstanceId id;

    @BeforeEach
    void boot() {
        boot(CaptureStrategy.BITMAP);
    }

    private void boot(CaptureStrategy strategy) {
        SimulatedHypervisor machines = new SimulatedHypervisor(SimulatedHypervisor.Ram.IN_FILES, strategy);
        host = new SimulatedHost(
                directory.resolve(strategy.name()),
                new MemoryContentStore(),
                machines,
                machines,
                new TimerWatchdog(machines));
        id = host.boot();
        write(ROOT, 3);
        write(DATA, 5);
    }

    @AfterEach
    void close() {
        host.close();
    }

    @ParameterizedTest
    @EnumSource(CaptureStrategy.class)
    void captureOfDisks(CaptureStrategy strategy) {
        host.close();
        boot(strategy);

        everyMoment(() -> new ComputeCommand.CaptureDisks(id, UUID.randomUUID(), List.of(), Quiesce.PREFER, GRANT));
    }

    @ParameterizedTest
    @EnumSource(MemoryChoice.class)
    void snapshotOfARunningMachine(MemoryChoice memory) {
        everyMoment(() -> new ComputeCommand.CaptureInstance(id, SnapshotId.random(), memory, Quiesce.PREFER, GRANT));
    }

    @Test
    void snapshotOfAStoppedMachine() {
        host.power(id, PowerAction.STOP);

        everyMoment(() -> new ComputeCommand.CaptureInstance(
                id, SnapshotId.random(), MemoryChoice.DISKS_ONLY, Quiesce.PREFER, GRANT));
    }

    @Test
    void instantOfSeveralMachines() {
        InstanceId other = host.boot();

        everyMoment(() -> new ComputeCommand.CutTogether(
                id,
                UUID.randomUUID(),
                List.of(
                        new Cut.WholeInstance(id, SnapshotId.random(), MemoryChoice.WITH_MEMORY),
                        new Cut.WholeInstance(other, SnapshotId.random(), MemoryChoice.WITH_MEMORY)),
                Quiesce.PREFER,
                Hold.NONE));
    }

    private void everyMoment(Supplier<ComputeCommand> command) {
        PowerState before = host.state(id);
        int moment = 1;
        while (cancelledAt(moment, command.get())) {
            assertThat(host.state(id)).as("after moment %d", moment).isEqualTo(before);
            assertThat(host.instance(id).lineage().pending())
                    .as("after moment %d", moment)
                    .isEmpty();
            assertThat(host.instance(id).directory().snapshots()).isEmpty();
            KillPoints.assertAtPeace(host);
            moment++;
        }
        assertThat(moment).as("moments to cancel at").isGreaterThan(1);
    }

    private boolean cancelledAt(int moment, ComputeCommand command) {
        try {
            host.agent.handle(command, new CancelledAt(moment));
            return false;
        } catch (StasisException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED);
            return true;
        }
    }

    private void write(DeviceName disk, int block) {
        byte[] bytes = new byte[BLOCK];
        Arrays.fill(bytes, (byte) block);
        host.guest(id).write(disk, (long) block * BLOCK, bytes);
    }

    private static final class CancelledAt implements CommandContext {
        private final CommandId id = CommandId.random();
        private final int moment;
        private int asked;

        CancelledAt(int moment) {
            this.moment = moment;
        }

        @Override
        public CommandId id() {
            return id;
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public void progress(Phase phase, ByteCount done, ByteCount total) {}

        @Override
        public synchronized boolean isCancelled() {
            return ++asked >= moment;
        }
    }
}
