package cloud.stasis.compute;

import static cloud.stasis.compute.SimulatedHost.BLOCK;
import static cloud.stasis.compute.SimulatedHost.DATA;
import static cloud.stasis.compute.SimulatedHost.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Part;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a revert gives up is kept, and comes back: by an undo, or by itself when the revert fails.
class SafetySnapshotTest {
    private static final SnapshotId EARLIER = SnapshotId.random();
    private static final SnapshotId SAFETY = SnapshotId.random();

    @TempDir(factory = FastDirectory.class)
    Path directory;

    private SimulatedHost host;
    private InstanceId id;
    private Optional<CommandResult.Captured> earlier = Optional.empty();

    @BeforeEach
    void boot() {
        host = SimulatedHost.withRamInFiles(directory);
        id = host.boot();
        put(1);
        earlier = Optional.of(host.snapshot(id, EARLIER, MemoryChoice.WITH_MEMORY));
        put(2);
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void undoBringsBackMemoryAndDisksOfTheMomentBefore() {
        revert(MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
        assertAt(1);

        CommandResult.Captured kept = host.keep(id, SAFETY);
        put(3);
        host.revert(id, SAFETY, kept, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);

        assertAt(2);
        assertThat(kept.receipt().reached()).isEqualTo(Consistency.MEMORY);
        assertThat(host.disk(host.captureSealed(id), ROOT))
                .isEqualTo(host.guest(id).read(ROOT, 0, size()));
    }

    @Test
    void whatWasKeptIsTheSameFromTheStoreAlone() {
        revert(MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
        CommandResult.Captured kept = host.keep(id, SAFETY);
        host.handle(new ComputeCommand.DiscardSnapshot(id, SAFETY));

        host.revert(id, SAFETY, kept, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);

        assertAt(2);
    }

    @Test
    void machineThatIsPutBackCanStayOff() {
        revert(MemoryChoice.DISKS_ONLY, AfterRevert.STOPPED);

        assertThat(host.state(id)).isEqualTo(PowerState.STOPPED);
        assertThat(host.instance(id).directory().intent().read()).isEmpty();
        assertThat(host.instance(id).directory().ram()).doesNotExist();
        host.power(id, PowerAction.START);
        assertThat(host.guest(id).read(DATA, 0, 1)).containsExactly(1);
    }

    @Test
    void stoppedMachineIsKeptWithoutMemory() {
        host.power(id, PowerAction.STOP);

        revert(MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
        CommandResult.Captured kept = host.keep(id, SAFETY);

        assertThat(kept.parts()).noneMatch(Part.Memory.class::isInstance);
        host.revert(id, SAFETY, kept, MemoryChoice.DISKS_ONLY, AfterRevert.STOPPED);
        host.power(id, PowerAction.START);
        assertThat(host.guest(id).read(ROOT, 0, 1)).containsExactly(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = PowerAction.class,
            names = {"STOP", "PAUSE", "SUSPEND", "UNPAUSE"})
    void revertThatFailsLeavesTheMachineAsItWas(PowerAction before) {
        host.power(id, before);
        PowerState state = host.state(id);
        host.hypervisor.faults().nextStart(new StasisException(ErrorCode.HYPERVISOR_FAILED, "no such machine type"));

        assertThatThrownBy(() -> revert(MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING))
                .isInstanceOfSatisfying(StasisException.class, failed -> assertThat(failed.code())
                        .isEqualTo(ErrorCode.HYPERVISOR_FAILED));

        assertThat(host.state(id)).isEqualTo(state);
        assertThat(host.instance(id).directory().snapshots()).containsExactly(EARLIER);
        assertThat(host.instance(id).directory().intent().read()).isEmpty();
        if (before == PowerAction.STOP) {
            host.power(id, PowerAction.START);
            assertThat(host.guest(id).read(ROOT, 0, 1)).containsExactly(2);
        } else {
            host.power(id, before == PowerAction.SUSPEND ? PowerAction.RESUME : PowerAction.UNPAUSE);
            assertAt(2);
        }
        revert(MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
        assertAt(1);
    }

    @Test
    void whatIsNotHereIsNotTakenAnew() {
        assertThatThrownBy(() -> host.keep(id, SAFETY))
                .isInstanceOfSatisfying(StasisException.class, refused -> assertThat(refused.code())
                        .isEqualTo(ErrorCode.SNAPSHOT_NOT_FOUND));
        assertAt(2);
    }

    private void revert(MemoryChoice memory, AfterRevert after) {
        host.revertSafely(id, EARLIER, earlier.orElseThrow(), memory, after, SAFETY);
    }

    /// The same number to memory and both disks.
    private void put(int number) {
        byte[] bytes = new byte[BLOCK];
        Arrays.fill(bytes, (byte) number);
        host.guest(id).poke(0, new byte[] {(byte) number});
        host.guest(id).write(ROOT, 0, bytes);
        host.guest(id).write(DATA, 0, bytes);
    }

    private void assertAt(int number) {
        assertThat(host.guest(id).memory()[0]).as("memory").isEqualTo((byte) number);
        for (DeviceName disk : List.of(ROOT, DATA)) {
            assertThat(host.guest(id).read(disk, 0, 1)).as("disk " + disk).containsExactly(number);
        }
    }

    private static int size() {
        return (int) SimulatedHost.SIZE.bytes();
    }
}
