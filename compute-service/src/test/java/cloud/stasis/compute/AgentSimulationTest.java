package cloud.stasis.compute;

import static cloud.stasis.compute.SimulatedHost.BLOCK;
import static cloud.stasis.compute.SimulatedHost.DATA;
import static cloud.stasis.compute.SimulatedHost.GRANT;
import static cloud.stasis.compute.SimulatedHost.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.MemoryContentStore;
import cloud.stasis.compute.hypervisor.simulated.Faults;
import cloud.stasis.compute.hypervisor.simulated.SimulatedHypervisor;
import cloud.stasis.compute.hypervisor.simulated.SimulatedHypervisor.Ram;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.Identity;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Part;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// One machine through a long random life, beside a model that knows every byte: whatever was done before, a
/// capture is the disk, and a revert brings back what was. Its agent dies now and then, or the hypervisor does not
/// answer it, at any moment of any command. A seed that fails becomes a test of its own.
class AgentSimulationTest {
    private static final int STEPS = 250;
    private static final int SNAPSHOTS = 12;

    /// More than most commands have.
    private static final int MOMENTS = 70;

    private static final DeviceName PLACE = new DeviceName("vdc");

    @TempDir(factory = FastDirectory.class)
    Path directory;

    /// What a snapshot must bring back.
    private record Expected(
            CommandResult.Captured captured, InstanceSpec spec, byte memory, Map<DeviceName, byte[]> disks) {
        boolean hasMemory() {
            return captured.parts().stream().anyMatch(Part.Memory.class::isInstance);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyCaptureIsTheDiskAndEveryRevertBringsItBack(long seed) {
        new Life(new Random(seed)).live();
    }

    private final class Life {
        private final Random random;
        private final MemoryContentStore store = new MemoryContentStore();
        private final SimulatedHypervisor machines;
        private final Map<SnapshotId, Expected> snapshots = new LinkedHashMap<>();
        /// Of the volume that comes and goes only while it is there.
        private final Map<DeviceName, byte[]> disks = new TreeMap<>();
        private final List<UUID> unsettled = new ArrayList<>();
        private final StringBuilder history = new StringBuilder();
        private SimulatedHost host;
        private byte memory;
        private byte[] away = new byte[size()];
        private final InstanceId id;
        private final VolumeId volume;

        Life(Random random) {
            this.random = random;
            this.machines = new SimulatedHypervisor(random.nextBoolean() ? Ram.IN_FILES : Ram.ANONYMOUS);
            this.host = agent();
            this.id = host.boot();
            this.volume = host.volume();
            for (DeviceName disk : List.of(ROOT, DATA)) {
                disks.put(disk, host.guest(id).read(disk, 0, size()));
            }
        }

        private SimulatedHost agent() {
            return agent(KillSwitch.counting(machines));
        }

        /// Whose end is not that of the machines.
        private SimulatedHost agent(KillSwitch seen) {
            return new SimulatedHost(directory, store, machines, seen, new NoWatchdog());
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
            machines.close();
        }

        /// Now and then not at the first attempt.
        private CommandResult carryOut(ComputeCommand command) {
            if (random.nextInt(3) > 0) {
                return host.handle(command);
            }
            KillSwitch.Blow blow = KillSwitch.Blow.values()[random.nextInt(KillSwitch.Blow.values().length)];
            int moment = 1 + random.nextInt(MOMENTS);
            KillSwitch killSwitch = KillSwitch.at(machines, moment, blow);
            host.close();
            host = agent(killSwitch);
            killSwitch.arm();
            AtomicReference<Optional<CommandResult>> told = new AtomicReference<>(Optional.empty());
            if (isKilled(killSwitch, () -> told.set(Optional.of(host.handle(command))))) {
                note(blow + " at " + moment);
                host = agent();
                return host.handle(command);
            }
            killSwitch.reconnect();
            return told.get().orElseGet(() -> {
                note(blow + " at " + moment);
                return host.handle(command);
            });
        }

        private static boolean isKilled(KillSwitch killSwitch, Runnable action) {
            try {
                return killSwitch.kills(action);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private void step() {
            PowerState state = host.state(id);
            switch (random.nextInt(18)) {
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
                case 14, 15 -> exchange(state);
                case 16 -> copy();
                case 17 -> revertInVain();
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
            for (DeviceName disk : disks.keySet()) {
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
            assertIsTheDisk((CommandResult.Captured)
                    carryOut(new ComputeCommand.CaptureDisks(id, capture, List.of(), Quiesce.PREFER, GRANT)));
            settle(capture);
        }

        private void settle(UUID capture) {
            switch (random.nextInt(4)) {
                case 0 -> unsettled.add(capture);
                case 1 -> settle(capture, Settlement.ABANDONED);
                default -> settle(capture, Settlement.SEALED);
            }
        }

        private void settle(UUID capture, Settlement settlement) {
            carryOut(new ComputeCommand.SettleCapture(id, capture, settlement));
        }

        private void settleLate() {
            note("settle late");
            if (!unsettled.isEmpty()) {
                UUID capture = unsettled.remove(random.nextInt(unsettled.size()));
                settle(capture, random.nextBoolean() ? Settlement.SEALED : Settlement.ABANDONED);
            }
        }

        private void snapshot(MemoryChoice choice) {
            note("snapshot " + choice);
            SnapshotId snapshot = SnapshotId.random();
            boolean hasMemory = choice == MemoryChoice.WITH_MEMORY;
            CommandResult.Captured captured = (CommandResult.Captured)
                    carryOut(new ComputeCommand.CaptureInstance(id, snapshot, choice, Quiesce.PREFER, GRANT));
            settle(snapshot.value(), Settlement.SEALED);
            assertIsTheDisk(captured);
            keep(snapshot, captured, memory, spec(), kept());
            assertThat(snapshots.get(snapshot).hasMemory()).isEqualTo(hasMemory && hasMemory(host.state(id)));
        }

        private InstanceSpec spec() {
            return host.instance(id).spec().spec();
        }

        private Map<DeviceName, byte[]> kept() {
            Map<DeviceName, byte[]> kept = new TreeMap<>();
            disks.forEach((disk, bytes) -> kept.put(disk, bytes.clone()));
            return kept;
        }

        private void keep(
                SnapshotId snapshot,
                CommandResult.Captured captured,
                byte memoryThen,
                InstanceSpec specThen,
                Map<DeviceName, byte[]> disksThen) {
            snapshots.put(snapshot, new Expected(captured, specThen, memoryThen, disksThen));
            if (snapshots.size() > SNAPSHOTS) {
                SnapshotId oldest = snapshots.keySet().iterator().next();
                snapshots.remove(oldest);
                carryOut(new ComputeCommand.DiscardSnapshot(id, oldest));
            }
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
            SnapshotId snapshot = any();
            Expected expected = snapshots.get(snapshot);
            boolean memoryToo = expected.hasMemory() && random.nextBoolean();
            note(memoryToo ? "revert" : "revert disks");
            MemoryChoice choice = memoryToo ? MemoryChoice.WITH_MEMORY : MemoryChoice.DISKS_ONLY;
            AfterRevert after = AfterRevert.values()[random.nextInt(memoryToo ? 2 : 3)];
            if (random.nextBoolean()) {
                safely(snapshot, expected, choice, after);
            } else {
                carryOut(revert(snapshot, expected, choice, after, Optional.empty()));
            }
            memory = memoryToo ? expected.memory() : 0;
            if (!expected.disks().containsKey(PLACE) && disks.containsKey(PLACE)) {
                away = disks.remove(PLACE);
            }
            expected.disks().forEach((disk, bytes) -> disks.put(disk, bytes.clone()));
        }

        private SnapshotId any() {
            return List.copyOf(snapshots.keySet()).get(random.nextInt(snapshots.size()));
        }

        private ComputeCommand revert(
                SnapshotId to, Expected expected, MemoryChoice choice, AfterRevert after, Optional<SnapshotId> safety) {
            return new ComputeCommand.RevertInstance(
                    id, to, expected.spec(), expected.captured().parts(), choice, after, safety, GRANT);
        }

        /// The machine of the snapshot does not start.
        private void revertInVain() {
            if (snapshots.isEmpty()) {
                return;
            }
            note("revert in vain");
            PowerState state = host.state(id);
            SnapshotId to = any();
            host.hypervisor.faults().nextStart(new StasisException(ErrorCode.HYPERVISOR_FAILED, "it does not start"));
            assertThatThrownBy(() -> host.handle(revert(
                            to,
                            snapshots.get(to),
                            MemoryChoice.DISKS_ONLY,
                            AfterRevert.RUNNING,
                            Optional.of(SnapshotId.random()))))
                    .isInstanceOf(StasisException.class);
            assertThat(host.state(id)).isEqualTo(state);
        }

        /// The volume comes or goes.
        private void exchange(PowerState state) {
            if (state == PowerState.SUSPENDED) {
                return;
            }
            if (disks.containsKey(PLACE)) {
                note("detach");
                carryOut(new ComputeCommand.DetachVolume(id, volume));
                away = disks.remove(PLACE);
            } else {
                note("attach");
                carryOut(new ComputeCommand.AttachVolume(
                        id, new DiskSpec(PLACE, SimulatedHost.SIZE, new DiskSource.Volume(volume))));
                disks.put(PLACE, away);
            }
        }

        /// Another machine goes on from there and is removed.
        private void copy() {
            if (snapshots.isEmpty()) {
                return;
            }
            SnapshotId of = any();
            Expected expected = snapshots.get(of);
            // What the hypervisor itself saved resumes as the same machine only.
            boolean memoryToo = expected.captured().receipt().strategy().equals("memory-fast");
            note(memoryToo ? "clone" : "clone disks");
            InstanceId clone = InstanceId.random();
            carryOut(new ComputeCommand.CloneInstance(
                    clone,
                    SimulatedHost.cloneSpec(expected.spec(), expected.captured().parts()),
                    id,
                    of,
                    expected.captured().parts(),
                    memoryToo ? MemoryChoice.WITH_MEMORY : MemoryChoice.DISKS_ONLY,
                    ResumeState.RUNNING,
                    Identity.KEEP,
                    GRANT));
            assertThat(host.guest(clone).memory()[0]).isEqualTo(memoryToo ? expected.memory() : 0);
            assertShows(clone, expected.disks());
            host.guest(clone).write(ROOT, 0, new byte[BLOCK]);
            carryOut(new ComputeCommand.DeleteInstance(clone));
        }

        /// What is given up becomes one more snapshot that must come back exactly.
        private void safely(SnapshotId snapshot, Expected expected, MemoryChoice choice, AfterRevert after) {
            SnapshotId safety = SnapshotId.random();
            byte memoryBefore = memory;
            Map<DeviceName, byte[]> before = kept();
            InstanceSpec specBefore = spec();
            carryOut(revert(snapshot, expected, choice, after, Optional.of(safety)));
            if (random.nextInt(4) == 0) {
                restart();
            }
            CommandResult.Captured captured =
                    (CommandResult.Captured) carryOut(new ComputeCommand.UploadSnapshot(id, safety, GRANT));
            settle(safety.value(), Settlement.SEALED);
            keep(safety, captured, memoryBefore, specBefore, before);
        }

        private void discard() {
            if (!snapshots.isEmpty()) {
                note("discard");
                // The bundle stays in the store: it can still be reverted to.
                carryOut(new ComputeCommand.DiscardSnapshot(id, any()));
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
            carryOut(new ComputeCommand.ChangePower(id, action));
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
            host.close();
            host = agent();
        }

        private void check() {
            PowerState state = host.state(id);
            if (state == PowerState.RUNNING || state == PowerState.PAUSED) {
                assertShows(id, disks);
                assertThat(host.guest(id).memory()[0]).as("memory").isEqualTo(memory);
            }
            assertThat(host.instance(id).isAtRest()).as("at rest").isTrue();
            host.instance(id).disks().values().forEach(disk -> assertThat(disk.strays())
                    .as("strays")
                    .isEmpty());
            assertThat(host.hypervisor.history().checkpoints(id))
                    .as("checkpoints")
                    .hasSizeLessThanOrEqualTo(1 + unsettled.size() + 1);
            assertNothingIsByHand(state);
        }

        /// What the agent would mend by itself, at its next start or a start of the machine, may be there.
        private void assertNothingIsByHand(PowerState state) {
            CommandResult.Examined examined = (CommandResult.Examined) host.handle(new ComputeCommand.Examine(
                    InstanceId.random(),
                    List.of(new ComputeCommand.Expected(id, Optional.of(state), List.copyOf(snapshots.keySet()))),
                    List.of(),
                    ComputeCommand.Mending.NONE));
            assertThat(examined.findings())
                    .filteredOn(finding -> finding.cure() == CommandResult.Cure.BY_HAND)
                    .as("what the doctor finds")
                    .isEmpty();
        }

        private void assertShows(InstanceId instance, Map<DeviceName, byte[]> expected) {
            assertThat(host.instance(instance).disks().keySet()).isEqualTo(expected.keySet());
            expected.forEach((disk, bytes) -> assertThat(
                            Arrays.mismatch(host.guest(instance).read(disk, 0, size()), bytes))
                    .as("disk " + disk)
                    .isEqualTo(-1));
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
