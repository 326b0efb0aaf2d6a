package cloud.stasis.compute;

import static cloud.stasis.compute.SimulatedHost.BLOCK;
import static cloud.stasis.compute.SimulatedHost.DATA;
import static cloud.stasis.compute.SimulatedHost.GRANT;
import static cloud.stasis.compute.SimulatedHost.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.compute.host.Limits;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Consistency;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Part;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotRevertTest {
    @TempDir(factory = FastDirectory.class)
    Path directory;

    private SimulatedHost host;
    private InstanceId id;

    String strategy() {
        return "memory-standard";
    }

    SimulatedHost host(Path directory) {
        return new SimulatedHost(directory);
    }

    @BeforeEach
    void boot() {
        host = host(directory);
        id = host.boot();
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void revertWithMemoryBringsMemoryAndDisksOfOneInstant() {
        put(1);
        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = host.snapshot(id, snapshot, MemoryChoice.WITH_MEMORY);
        put(2);

        host.revert(id, snapshot, captured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);

        assertAt(1);
        assertThat(host.state(id)).isEqualTo(PowerState.RUNNING);
        assertThat(captured.receipt().reached()).isEqualTo(Consistency.MEMORY);
        assertThat(captured.receipt().strategy()).isEqualTo(strategy());
        assertThat(captured.parts())
                .hasAtLeastOneElementOfType(Part.Memory.class)
                .hasAtLeastOneElementOfType(Part.DeviceArchive.class)
                .hasAtLeastOneElementOfType(Part.DomainXml.class);
    }

    @Test
    void anySnapshotIsRevertedToAnyNumberOfTimesInAnyOrder() {
        SnapshotId[] snapshots = {SnapshotId.random(), SnapshotId.random(), SnapshotId.random()};
        CommandResult.Captured[] captured = new CommandResult.Captured[3];
        for (int at = 0; at < 3; at++) {
            put(at + 1);
            captured[at] = host.snapshot(id, snapshots[at], MemoryChoice.WITH_MEMORY);
        }

        for (int at : new int[] {0, 2, 0, 1, 1, 2, 0}) {
            put(99);
            host.revert(id, snapshots[at], captured[at], MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
            assertAt(at + 1);
        }
    }

    @Test
    void revertedMachineIsCapturedIncrementally() {
        put(1);
        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = host.snapshot(id, snapshot, MemoryChoice.WITH_MEMORY);
        put(2);
        host.revert(id, snapshot, captured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
        host.guest(id).write(ROOT, 9L * BLOCK, new byte[] {9});

        CommandResult.Captured after = host.captureSealed(id);

        assertThat(after.receipt().transfers())
                .allSatisfy(transfer -> assertThat(transfer.read()).isLessThanOrEqualTo(ByteCount.ofBytes(BLOCK)));
        assertThat(host.disk(after, ROOT)).isEqualTo(host.guest(id).read(ROOT, 0, size()));
    }

    @Test
    void captureAfterASnapshotBuildsOnIt() {
        put(1);
        host.snapshot(id, SnapshotId.random(), MemoryChoice.WITH_MEMORY);
        host.guest(id).write(ROOT, 9L * BLOCK, new byte[] {9});

        CommandResult.Captured after = host.captureSealed(id);

        assertThat(after.receipt().transfers().getFirst().read()).isEqualTo(ByteCount.ofBytes(BLOCK));
        assertThat(host.disk(after, ROOT)).isEqualTo(host.guest(id).read(ROOT, 0, size()));
    }

    @Test
    void captureAfterAnAbandonedSnapshotIsStillExact() {
        put(1);
        SnapshotId snapshot = SnapshotId.random();
        host.handle(new ComputeCommand.CaptureInstance(id, snapshot, MemoryChoice.WITH_MEMORY, Quiesce.PREFER, GRANT));
        host.settle(id, snapshot.value(), Settlement.ABANDONED);
        put(2);

        CommandResult.Captured after = host.captureSealed(id);

        assertThat(host.disk(after, ROOT)).isEqualTo(host.guest(id).read(ROOT, 0, size()));
        assertThat(host.instance(id).directory().snapshots()).isEmpty();
    }

    @Test
    void disksOnlyRevertBootsFromTheSameInstant() {
        put(1);
        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = host.snapshot(id, snapshot, MemoryChoice.WITH_MEMORY);
        put(2);

        host.revert(id, snapshot, captured, MemoryChoice.DISKS_ONLY, AfterRevert.PAUSED);

        assertThat(host.state(id)).isEqualTo(PowerState.PAUSED);
        assertThat(host.guest(id).memory()).containsOnly(0);
        assertThat(host.guest(id).read(ROOT, 0, 1)).containsExactly(1);
        assertThat(host.guest(id).read(DATA, 0, 1)).containsExactly(1);
    }

    @Test
    void revertWorksFromTheStoreAlone() {
        put(1);
        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = host.snapshot(id, snapshot, MemoryChoice.WITH_MEMORY);
        put(2);
        host.handle(new ComputeCommand.DiscardSnapshot(id, snapshot));
        assertThat(host.instance(id).directory().snapshots()).isEmpty();

        host.revert(id, snapshot, captured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
        assertAt(1);
        put(3);
        host.revert(id, snapshot, captured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
        assertAt(1);
        assertThat(host.instance(id).directory().snapshots())
                .as("the memory is the store's and the machine's alone")
                .isEmpty();
        assertThat(host.instance(id).directory().snapshot(snapshot).fetchedMemory())
                .doesNotExist();
    }

    @Test
    void layerThatSomeoneWroteToIsReplacedFromTheStore() throws IOException {
        put(1);
        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = host.snapshot(id, snapshot, MemoryChoice.WITH_MEMORY);
        LayeredDisk disk = host.instance(id).disk(ROOT);
        Path frozen = disk.file(disk.heldBy(snapshot).orElseThrow());
        byte[] damaged = Files.readAllBytes(frozen);
        damaged[0] = 66;
        Files.write(frozen, damaged);

        host.revert(id, snapshot, captured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);

        assertAt(1);
    }

    @Test
    void disksOnlySnapshotOfARunningMachineStopsNothingAndRevertsFromTheStore() {
        put(1);
        SnapshotId snapshot = SnapshotId.random();
        int depth = host.instance(id).disk(ROOT).depth();

        CommandResult.Captured captured = host.snapshot(id, snapshot, MemoryChoice.DISKS_ONLY);

        assertThat(captured.receipt().reached()).isEqualTo(Consistency.FILE_SYSTEM);
        assertThat(host.instance(id).disk(ROOT).depth()).isEqualTo(depth);
        put(2);
        host.revert(id, snapshot, captured, MemoryChoice.DISKS_ONLY, AfterRevert.RUNNING);
        assertThat(host.guest(id).read(ROOT, 0, 1)).containsExactly(1);
        assertRefused(
                ErrorCode.WRONG_STATE,
                () -> host.revert(id, snapshot, captured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING));
    }

    @Test
    void pausedMachineStaysPaused() {
        put(1);
        host.power(id, PowerAction.PAUSE);
        SnapshotId snapshot = SnapshotId.random();

        CommandResult.Captured captured = host.snapshot(id, snapshot, MemoryChoice.WITH_MEMORY);

        assertThat(host.state(id)).isEqualTo(PowerState.PAUSED);
        assertThat(captured.receipt().paused()).isZero();
        host.power(id, PowerAction.UNPAUSE);
        put(2);
        host.revert(id, snapshot, captured, MemoryChoice.WITH_MEMORY, AfterRevert.PAUSED);
        assertThat(host.state(id)).isEqualTo(PowerState.PAUSED);
        host.power(id, PowerAction.UNPAUSE);
        assertAt(1);
    }

    @Test
    void suspendedMachineIsCapturedWithItsMemoryAndResumesAfterwards() {
        put(1);
        host.power(id, PowerAction.SUSPEND);
        SnapshotId snapshot = SnapshotId.random();

        CommandResult.Captured captured = host.snapshot(id, snapshot, MemoryChoice.WITH_MEMORY);

        assertThat(captured.receipt().reached()).isEqualTo(Consistency.MEMORY);
        assertThat(host.state(id)).isEqualTo(PowerState.SUSPENDED);
        host.power(id, PowerAction.RESUME);
        assertAt(1);
        put(2);
        host.revert(id, snapshot, captured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
        assertAt(1);
    }

    @Test
    void stoppedMachineIsFrozenWithoutMemory() {
        put(1);
        host.power(id, PowerAction.STOP);
        SnapshotId snapshot = SnapshotId.random();

        CommandResult.Captured captured = host.snapshot(id, snapshot, MemoryChoice.WITH_MEMORY);

        assertThat(captured.receipt().reached()).isEqualTo(Consistency.OFFLINE);
        assertThat(captured.parts()).doesNotHaveAnyElementsOfTypes(Part.Memory.class);
        host.power(id, PowerAction.START);
        put(2);
        host.revert(id, snapshot, captured, MemoryChoice.DISKS_ONLY, AfterRevert.RUNNING);
        assertThat(host.guest(id).read(ROOT, 0, 1)).containsExactly(1);
    }

    @Test
    void cutThatFailsLeavesTheGuestAsItWas() {
        put(1);
        host.hypervisor.faults().cut(Optional.of(new StasisException(ErrorCode.NO_SPACE, "the host's disk is full")));

        assertRefused(ErrorCode.NO_SPACE, () -> host.snapshot(id, SnapshotId.random(), MemoryChoice.WITH_MEMORY));

        assertAt(1);
        assertThat(host.state(id)).isEqualTo(PowerState.RUNNING);
        assertThat(host.instance(id).directory().snapshots()).isEmpty();
        assertThat(host.instance(id).disk(ROOT).depth()).isEqualTo(1);
        assertThat(host.instance(id).directory().intent().read()).isEmpty();
        put(2);
        assertThat(host.disk(host.captureSealed(id), ROOT))
                .isEqualTo(host.guest(id).read(ROOT, 0, size()));
    }

    @Test
    void attachedVolumesAreCapturedAndRevertedToo() {
        VolumeId volume = host.volume();
        InstanceSpec spec = new InstanceSpec(
                "with volume",
                1,
                ByteCount.ofMib(64),
                new Boot.FromDisk(),
                List.of(
                        host.spec().disks().getFirst(),
                        new DiskSpec(DATA, SimulatedHost.SIZE, new DiskSource.Volume(volume))));
        id = host.boot(spec);
        put(1);
        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = host.snapshot(id, snapshot, MemoryChoice.WITH_MEMORY);
        put(2);
        host.revert(id, snapshot, captured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
        assertAt(1);

        host.handle(new ComputeCommand.DeleteInstance(id));

        LayeredDisk left = LayeredDisk.open(host.host.instances().layout().volume(volume), host.hypervisor.layers());
        assertThat(left.holders()).isEmpty();
        assertThat(left.isBeingWritten()).isFalse();
        assertThat(host.host.instances().layout().instance(id).exists()).isFalse();
    }

    @Test
    void discardedSnapshotGivesItsLayersBackAsSoonAsNothingStandsOnThem() throws IOException {
        put(1);
        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = host.snapshot(id, snapshot, MemoryChoice.WITH_MEMORY);
        put(2);
        SnapshotId later = SnapshotId.random();
        host.snapshot(id, later, MemoryChoice.WITH_MEMORY);
        host.revert(id, snapshot, captured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
        long before = layers();

        host.handle(new ComputeCommand.DiscardSnapshot(id, later));

        assertThat(layers()).isEqualTo(before - 1);
        assertAt(1);
    }

    @Test
    void snapshotsDeletedInAnyOrderGiveTheirLayersBackWhileTheGuestRuns() throws IOException {
        SnapshotId[] snapshots = new SnapshotId[5];
        CommandResult.Captured[] captured = new CommandResult.Captured[5];
        for (int at = 0; at < 5; at++) {
            put(at + 1);
            snapshots[at] = SnapshotId.random();
            captured[at] = host.snapshot(id, snapshots[at], MemoryChoice.WITH_MEMORY);
        }
        put(6);

        for (int gone : new int[] {2, 1, 3, 0}) {
            host.handle(new ComputeCommand.DiscardSnapshot(id, snapshots[gone]));
            assertAt(6);
            assertThat(host.disk(host.captureSealed(id), ROOT))
                    .isEqualTo(host.guest(id).read(ROOT, 0, size()));
        }

        assertThat(layers()).isEqualTo(2);
        assertThat(host.instance(id).disk(ROOT).heldBy(snapshots[4])).isPresent();
        for (int at : new int[] {4, 0, 2, 4}) {
            host.revert(id, snapshots[at], captured[at], MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
            assertAt(at + 1);
        }
    }

    @Test
    void chainIsNeverDeeperThanItMayBeAndEverySnapshotIsRevertedTo() {
        SnapshotId[] snapshots = new SnapshotId[20];
        CommandResult.Captured[] captured = new CommandResult.Captured[20];
        for (int at = 0; at < 20; at++) {
            put(at + 1);
            snapshots[at] = SnapshotId.random();
            captured[at] = host.snapshot(id, snapshots[at], MemoryChoice.WITH_MEMORY);
            assertThat(host.instance(id).disk(ROOT).depth()).isLessThanOrEqualTo(Limits.DEFAULT.depth());
        }

        for (int at : new int[] {19, 0, 13, 5}) {
            host.revert(id, snapshots[at], captured[at], MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
            assertAt(at + 1);
        }
    }

    @Test
    void layersOfAMachineThatIsOffAreFoldedToo() throws IOException {
        SnapshotId[] snapshots = new SnapshotId[3];
        for (int at = 0; at < 3; at++) {
            put(at + 1);
            snapshots[at] = SnapshotId.random();
            host.snapshot(id, snapshots[at], MemoryChoice.WITH_MEMORY);
        }
        put(4);
        host.power(id, PowerAction.STOP);

        host.handle(new ComputeCommand.DiscardSnapshot(id, snapshots[1]));
        host.handle(new ComputeCommand.DiscardSnapshot(id, snapshots[0]));

        assertThat(layers()).isEqualTo(2);
        host.power(id, PowerAction.START);
        assertThat(host.guest(id).read(ROOT, 0, 1)).containsExactly(4);
    }

    @Test
    void snapshotOfAnotherInstanceIsRefused() {
        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = host.snapshot(id, snapshot, MemoryChoice.WITH_MEMORY);
        InstanceId other = host.boot();

        assertRefused(
                ErrorCode.WRONG_STATE,
                () -> host.revert(other, snapshot, captured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING));
        assertThat(host.state(other)).isEqualTo(PowerState.RUNNING);
    }

    private long layers() throws IOException {
        try (var files = Files.list(host.instance(id).directory().disk(ROOT))) {
            return files.filter(file -> file.getFileName().toString().endsWith(".sparse"))
                    .count();
        }
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

    private static void assertRefused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StasisException.class, refused -> assertThat(refused.code())
                .isEqualTo(code));
    }

    private static int size() {
        return (int) SimulatedHost.SIZE.bytes();
    }
}
