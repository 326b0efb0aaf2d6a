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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;

/// Strikes the agent before and after each call that a command makes to the hypervisor. Machines live through this.
///
/// | blow | then |
/// |---|---|
/// | it dies, also at a call to a layer | the next agent finds what was left and ends it |
/// | nobody answers any more, also when it wants to take back what it did; or one call fails | the same agent goes on |
///
/// and the command is carried out again.
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

        /// The second time.
        default CommandResult again(SimulatedHost host, ComputeCommand command) {
            return host.handle(command);
        }

        /// Whether the guest is to go on whatever happens to the command, as long as its agent lives.
        default boolean isBesideAGuest() {
            return false;
        }

        void then(SimulatedHost host, CommandResult result);
    }

    void everyMoment(Scenario scenario) throws InterruptedException {
        int moments = run(scenario, Integer.MAX_VALUE);
        assertThat(moments).as("moments to kill the agent at").isPositive();
        int[] chosen =
                IntStream.rangeClosed(1, moments).filter(this::isWorthAStrike).toArray();
        for (int moment : chosen) {
            try {
                run(scenario, moment);
            } catch (AssertionError | StasisException e) {
                throw new AssertionError("killed at moment " + moment + " of " + moments, e);
            }
        }
    }

    KillSwitch.Blow blow() {
        return KillSwitch.Blow.DEATH;
    }

    /// To an agent that lives on it is all one whether a call has not been made or the one before it was the last
    /// one: it is struck where something was done and it does not know, and at each second of these.
    private boolean isWorthAStrike(int moment) {
        return blow() == KillSwitch.Blow.DEATH || moment % 4 == 0;
    }

    SimulatedHypervisor machines() {
        return new SimulatedHypervisor(SimulatedHypervisor.Ram.IN_FILES);
    }

    /// @return how many moments there are
    int run(Scenario scenario, int moment) throws InterruptedException {
        Path place = directory.resolve("m" + moment);
        MemoryContentStore store = new MemoryContentStore();
        SimulatedHypervisor machines = machines();
        KillSwitch killSwitch = KillSwitch.at(machines, moment, blow());
        SimulatedHost first = new SimulatedHost(place, store, machines, killSwitch, new NoWatchdog());
        first.handle(new ComputeCommand.BootInstance(ID, first.spec(), GRANT));
        put(first, 1);
        Before before = new Before(first, first.snapshot(ID, EARLIER, MemoryChoice.WITH_MEMORY));
        scenario.given(before);
        ComputeCommand command = scenario.command(before);

        killSwitch.arm();
        boolean killed = killSwitch.kills(() -> first.handle(command));
        if (blow() != KillSwitch.Blow.DEATH) {
            goOn(scenario, first, command, killSwitch);
            return killSwitch.moments();
        }
        try (SimulatedHost second = new SimulatedHost(place, store, machines, machines, new NoWatchdog())) {
            assertAtPeace(second);
            if (killed) {
                CommandResult result = scenario.again(second, command);
                scenario.then(second, result);
                assertAtPeace(second);
            }
        }
        return killSwitch.moments();
    }

    private void goOn(Scenario scenario, SimulatedHost host, ComputeCommand command, KillSwitch killSwitch) {
        killSwitch.reconnect();
        if (blow() == KillSwitch.Blow.SURPRISE && scenario.isBesideAGuest()) {
            assertThat(host.state(ID)).as("state").isEqualTo(PowerState.RUNNING);
            assertThat(host.guest(ID).isFrozen()).as("frozen").isFalse();
        }
        // Also if it went well without what it asked for.
        scenario.then(host, scenario.again(host, command));
        assertAtPeace(host);
        host.close();
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
}
