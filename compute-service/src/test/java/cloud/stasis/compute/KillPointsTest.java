package cloud.stasis.compute;

import static cloud.stasis.compute.SimulatedHost.BLOCK;
import static cloud.stasis.compute.SimulatedHost.DATA;
import static cloud.stasis.compute.SimulatedHost.GRANT;
import static cloud.stasis.compute.SimulatedHost.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.MemoryContentStore;
import cloud.stasis.compute.hypervisor.simulated.SimulatedHypervisor;
import cloud.stasis.compute.instance.HostLayout;
import cloud.stasis.compute.instance.Instance;
import cloud.stasis.compute.watchdog.Watchdog;
import cloud.stasis.compute.watchdog.WatchdogHandle;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// For each command: the agent is killed before and after each call that it makes to the hypervisor or to a
/// layer. The next one finds what was left, ends it, and carries the command out again. Machines live through
/// this.
class KillPointsTest {
    private static final InstanceId ID = InstanceId.parse("5eb0f1d2-0a53-4b0e-9d6c-7c7a5c1f0001");
    private static final SnapshotId SNAPSHOT = SnapshotId.parse("5eb0f1d2-0a53-4b0e-9d6c-7c7a5c1f0002");
    private static final SnapshotId EARLIER = SnapshotId.parse("5eb0f1d2-0a53-4b0e-9d6c-7c7a5c1f0004");
    private static final UUID CAPTURE = UUID.fromString("5eb0f1d2-0a53-4b0e-9d6c-7c7a5c1f0003");

    /// In memory if there is such a file system: every step is made durable, and there are hundreds of runs.
    @TempDir(factory = FastDirectory.class)
    Path directory;

    /// What happened before the command that is killed.
    private record Before(SimulatedHost host, CommandResult.Captured earlier) {}

    private interface Scenario {
        /// Of a machine that runs, has number 1 in memory and on its disks, and one snapshot of that.
        ComputeCommand command(Before before);

        default void given(Before before) {}

        void then(SimulatedHost host, CommandResult result);
    }

    @Test
    void boot() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public void given(Before before) {
                before.host().handle(new ComputeCommand.DeleteInstance(ID));
            }

            @Override
            public ComputeCommand command(Before before) {
                return new ComputeCommand.BootInstance(ID, before.host().spec(), GRANT);
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                assertThat(host.state(ID)).isEqualTo(PowerState.RUNNING);
                assertCaptureIsExact(host);
            }
        });
    }

    @Test
    void captureDisks() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public void given(Before before) {
                write(before.host(), 7, 2);
            }

            @Override
            public ComputeCommand command(Before before) {
                return new ComputeCommand.CaptureDisks(ID, CAPTURE, List.of(), Quiesce.PREFER, GRANT);
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                CommandResult.Captured captured = (CommandResult.Captured) result;
                assertThat(host.disk(captured, ROOT)).isEqualTo(host.guest(ID).read(ROOT, 0, size()));
                host.settle(ID, CAPTURE, Settlement.SEALED);
                assertCaptureIsExact(host);
            }
        });
    }

    @Test
    void captureOfAStoppedMachine() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public void given(Before before) {
                write(before.host(), 7, 2);
                before.host().power(ID, PowerAction.STOP);
            }

            @Override
            public ComputeCommand command(Before before) {
                return new ComputeCommand.CaptureInstance(
                        ID, SNAPSHOT, MemoryChoice.WITH_MEMORY, Quiesce.PREFER, GRANT);
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                host.settle(ID, SNAPSHOT.value(), Settlement.SEALED);
                host.power(ID, PowerAction.START);
                assertThat(host.disk((CommandResult.Captured) result, ROOT))
                        .isEqualTo(host.guest(ID).read(ROOT, 0, size()));
                assertCaptureIsExact(host);
            }
        });
    }

    @Test
    void snapshotWithMemory() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public void given(Before before) {
                put(before.host(), 2);
            }

            @Override
            public ComputeCommand command(Before before) {
                return new ComputeCommand.CaptureInstance(
                        ID, SNAPSHOT, MemoryChoice.WITH_MEMORY, Quiesce.PREFER, GRANT);
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                CommandResult.Captured captured = (CommandResult.Captured) result;
                host.settle(ID, SNAPSHOT.value(), Settlement.SEALED);
                assertCaptureIsExact(host);
                put(host, 3);
                host.revert(ID, SNAPSHOT, captured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
                assertAt(host, 2);
            }
        });
    }

    @Test
    void settle() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public void given(Before before) {
                write(before.host(), 7, 2);
                before.host().capture(ID, CAPTURE, Quiesce.PREFER);
            }

            @Override
            public ComputeCommand command(Before before) {
                return new ComputeCommand.SettleCapture(ID, CAPTURE, Settlement.SEALED);
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                assertCaptureIsExact(host);
            }
        });
    }

    @Test
    void foldOfADeletedSnapshot() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public void given(Before before) {
                put(before.host(), 2);
                before.host().snapshot(ID, SnapshotId.random(), MemoryChoice.WITH_MEMORY);
                put(before.host(), 3);
            }

            @Override
            public ComputeCommand command(Before before) {
                return new ComputeCommand.DiscardSnapshot(ID, EARLIER);
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                assertAt(host, 3);
                assertThat(host.instance(ID).disk(ROOT).depth()).isEqualTo(2);
                assertCaptureIsExact(host);
            }
        });
    }

    @Test
    void revertWithMemory() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public void given(Before before) {
                put(before.host(), 2);
            }

            @Override
            public ComputeCommand command(Before before) {
                return new ComputeCommand.RevertInstance(
                        ID,
                        EARLIER,
                        before.host().instance(ID).spec().spec(),
                        before.earlier().parts(),
                        MemoryChoice.WITH_MEMORY,
                        AfterRevert.RUNNING,
                        Optional.empty(),
                        GRANT);
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                assertAt(host, 1);
                assertCaptureIsExact(host);
            }
        });
    }

    @Test
    void revertWithASafetySnapshot() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public void given(Before before) {
                put(before.host(), 2);
            }

            @Override
            public ComputeCommand command(Before before) {
                return new ComputeCommand.RevertInstance(
                        ID,
                        EARLIER,
                        before.host().instance(ID).spec().spec(),
                        before.earlier().parts(),
                        MemoryChoice.WITH_MEMORY,
                        AfterRevert.RUNNING,
                        Optional.of(SNAPSHOT),
                        GRANT);
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                assertAt(host, 1);
                CommandResult.Captured safety = host.keep(ID, SNAPSHOT);
                assertCaptureIsExact(host);
                host.revert(ID, SNAPSHOT, safety, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
                assertAt(host, 2);
            }
        });
    }

    @Test
    void suspend() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public ComputeCommand command(Before before) {
                return new ComputeCommand.ChangePower(ID, PowerAction.SUSPEND);
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                assertThat(host.power(ID, PowerAction.RESUME)).isEqualTo(PowerState.RUNNING);
                assertAt(host, 1);
                assertCaptureIsExact(host);
            }
        });
    }

    @Test
    void resume() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public void given(Before before) {
                before.host().power(ID, PowerAction.SUSPEND);
            }

            @Override
            public ComputeCommand command(Before before) {
                return new ComputeCommand.ChangePower(ID, PowerAction.RESUME);
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                assertAt(host, 1);
                assertCaptureIsExact(host);
            }
        });
    }

    @Test
    void delete() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public ComputeCommand command(Before before) {
                return new ComputeCommand.DeleteInstance(ID);
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                assertThat(host.host.instances().layout().instance(ID).exists()).isFalse();
                assertThat(host.hypervisor.domains().list()).isEmpty();
            }
        });
    }

    private void everyMoment(Scenario scenario) throws InterruptedException {
        int moments = run(scenario, Integer.MAX_VALUE);
        assertThat(moments).as("moments to kill the agent at").isPositive();
        for (int moment = 1; moment <= moments; moment++) {
            try {
                run(scenario, moment);
            } catch (AssertionError | StasisException e) {
                throw new AssertionError("killed at moment " + moment + " of " + moments, e);
            }
        }
    }

    /// @return how many moments there are
    private int run(Scenario scenario, int moment) throws InterruptedException {
        Path place = directory.resolve("m" + moment);
        MemoryContentStore store = new MemoryContentStore();
        SimulatedHypervisor machines = new SimulatedHypervisor(SimulatedHypervisor.Ram.IN_FILES);
        KillSwitch killSwitch = KillSwitch.at(machines, moment);
        SimulatedHost first = new SimulatedHost(place, store, machines, killSwitch, new NoWatchdog());
        first.handle(new ComputeCommand.BootInstance(ID, first.spec(), GRANT));
        put(first, 1);
        Before before = new Before(first, first.snapshot(ID, EARLIER, MemoryChoice.WITH_MEMORY));
        scenario.given(before);
        ComputeCommand command = scenario.command(before);

        killSwitch.arm();
        boolean killed = killSwitch.kills(() -> first.handle(command));

        try (SimulatedHost second = new SimulatedHost(place, store, machines, machines, new NoWatchdog())) {
            assertAtPeace(second);
            if (killed) {
                CommandResult result = second.handle(command);
                scenario.then(second, result);
                assertAtPeace(second);
            }
        }
        return killSwitch.moments();
    }

    /// Nothing half-made is left: neither in the guest nor in files.
    private static void assertAtPeace(SimulatedHost host) {
        HostLayout layout = host.host.instances().layout();
        assertThat(HostLayout.list(layout.run())).as("run/").isEmpty();
        for (InstanceId id : layout.known()) {
            Instance instance = host.instance(id);
            boolean reverting = instance.directory()
                    .intent()
                    .read()
                    .filter(record -> !(record.intent() instanceof cloud.stasis.compute.instance.Intent.Reverting))
                    .isPresent();
            assertThat(reverting).as("an intent is left").isFalse();
            if (host.hypervisor.domains().find(id).isPresent()) {
                assertThat(host.guest(id).isFrozen()).as("frozen").isFalse();
                assertThat(host.state(id)).as("state").isNotEqualTo(PowerState.PAUSED);
                assertThat(host.hypervisor.history().isExporting(id))
                        .as("exporting")
                        .isFalse();
                assertThat(instance.lineage().checkpoints())
                        .as("checkpoints")
                        .containsAll(host.hypervisor.history().checkpoints(id));
            }
            for (LayeredDisk disk : instance.disks().values()) {
                assertThat(disk.prepared()).as("prepared layer").isEmpty();
                assertThat(disk.strays()).as("stray files").isEmpty();
                assertThat(instance.directory().snapshots()).as("snapshots").containsAll(disk.holders());
            }
        }
    }

    /// The next capture, sealed or not whatever came before, is the disk.
    private static void assertCaptureIsExact(SimulatedHost host) {
        write(host, 11, 5);
        CommandResult.Captured captured = host.captureSealed(ID);
        assertThat(host.disk(captured, ROOT)).isEqualTo(host.guest(ID).read(ROOT, 0, size()));
        assertThat(host.disk(captured, DATA)).isEqualTo(host.guest(ID).read(DATA, 0, size()));
    }

    private static void put(SimulatedHost host, int number) {
        host.guest(ID).poke(0, new byte[] {(byte) number});
        write(host, 0, number);
    }

    private static void write(SimulatedHost host, int block, int number) {
        byte[] bytes = new byte[BLOCK];
        Arrays.fill(bytes, (byte) number);
        for (DeviceName disk : List.of(ROOT, DATA)) {
            host.guest(ID).write(disk, (long) block * BLOCK, bytes);
        }
    }

    private static void assertAt(SimulatedHost host, int number) {
        assertThat(host.guest(ID).memory()[0]).as("memory").isEqualTo((byte) number);
        assertThat(host.guest(ID).read(ROOT, 0, 1)).as("root").containsExactly(number);
        assertThat(host.guest(ID).read(DATA, 0, 1)).as("data").containsExactly(number);
    }

    private static int size() {
        return (int) SimulatedHost.SIZE.bytes();
    }

    /// What the real one does from outside would come into the way of the next scenario.
    private static final class NoWatchdog implements Watchdog {
        @Override
        public WatchdogHandle handle() {
            return new WatchdogHandle("none");
        }

        @Override
        public void guard(WatchdogHandle handle, InstanceId instance, Rescue rescue, Duration deadline) {}

        @Override
        public boolean cancel(WatchdogHandle handle) {
            return true;
        }
    }
}
