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
import cloud.stasis.compute.instance.ResizeRecord;
import cloud.stasis.compute.watchdog.Watchdog;
import cloud.stasis.compute.watchdog.WatchdogHandle;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;

/// Kills the agent before and after each call that a command makes to the hypervisor or to a layer. The next one
/// finds what was left, ends it, and carries the command out again. Machines live through this.
abstract class KillPoints {
    static final InstanceId ID = InstanceId.parse("5eb0f1d2-0a53-4b0e-9d6c-7c7a5c1f0001");
    static final SnapshotId SNAPSHOT = SnapshotId.parse("5eb0f1d2-0a53-4b0e-9d6c-7c7a5c1f0002");
    static final SnapshotId EARLIER = SnapshotId.parse("5eb0f1d2-0a53-4b0e-9d6c-7c7a5c1f0004");
    static final UUID CAPTURE = UUID.fromString("5eb0f1d2-0a53-4b0e-9d6c-7c7a5c1f0003");

    /// In memory if there is such a file system: every step is made durable, and there are hundreds of runs.
    @TempDir(factory = FastDirectory.class)
    Path directory;

    /// What happened before the command that is killed.
    record Before(SimulatedHost host, CommandResult.Captured earlier) {}

    interface Scenario {
        /// Of a machine that runs, has number 1 in memory and on its disks, and one snapshot of that.
        ComputeCommand command(Before before);

        default void given(Before before) {}

        void then(SimulatedHost host, CommandResult result);
    }

    void everyMoment(Scenario scenario) throws InterruptedException {
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

    SimulatedHypervisor machines() {
        return new SimulatedHypervisor(SimulatedHypervisor.Ram.IN_FILES);
    }

    /// @return how many moments there are
    int run(Scenario scenario, int moment) throws InterruptedException {
        Path place = directory.resolve("m" + moment);
        MemoryContentStore store = new MemoryContentStore();
        SimulatedHypervisor machines = machines();
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
    static void assertAtPeace(SimulatedHost host) {
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
            }
            // Volumes have snapshots of their own.
            List<SnapshotId> holders = new ArrayList<>(instance.directory().snapshots());
            instance.directory().resize().read().map(ResizeRecord::kept).ifPresent(holders::add);
            instance.ownDisks()
                    .forEach(disk -> assertThat(holders).as("snapshots").containsAll(disk.holders()));
        }
    }

    /// The next capture, sealed or not whatever came before, is the disk.
    static void assertCaptureIsExact(SimulatedHost host) {
        write(host, 11, 5);
        CommandResult.Captured captured = host.captureSealed(ID);
        int root = (int) host.instance(ID).disk(ROOT).size().bytes();
        assertThat(host.disk(captured, ROOT)).isEqualTo(host.guest(ID).read(ROOT, 0, root));
        assertThat(host.disk(captured, DATA)).isEqualTo(host.guest(ID).read(DATA, 0, size()));
    }

    static void put(SimulatedHost host, int number) {
        host.guest(ID).poke(0, new byte[] {(byte) number});
        write(host, 0, number);
    }

    static void write(SimulatedHost host, int block, int number) {
        byte[] bytes = new byte[BLOCK];
        Arrays.fill(bytes, (byte) number);
        for (DeviceName disk : List.of(ROOT, DATA)) {
            host.guest(ID).write(disk, (long) block * BLOCK, bytes);
        }
    }

    static void assertAt(SimulatedHost host, int number) {
        assertThat(host.guest(ID).memory()[0]).as("memory").isEqualTo((byte) number);
        assertThat(host.guest(ID).read(ROOT, 0, 1)).as("root").containsExactly(number);
        assertThat(host.guest(ID).read(DATA, 0, 1)).as("data").containsExactly(number);
    }

    static int size() {
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
