package cloud.stasis.compute;

import static cloud.stasis.compute.SimulatedHost.BLOCK;
import static cloud.stasis.compute.SimulatedHost.DATA;
import static cloud.stasis.compute.SimulatedHost.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.MemoryContentStore;
import cloud.stasis.compute.hypervisor.simulated.SimulatedHypervisor;
import cloud.stasis.compute.hypervisor.simulated.SimulatedHypervisor.Ram;
import cloud.stasis.compute.watchdog.Watchdog;
import cloud.stasis.compute.watchdog.WatchdogHandle;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.VolumeCut;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The watchdog lets a machine go on before the agent is done with it: devices, RAM and disks are then of different
/// instants.
class MissedDeadlineTest {
    private static final SnapshotId SNAPSHOT = SnapshotId.random();

    @TempDir(factory = FastDirectory.class)
    Path directory;

    private final SimulatedHypervisor machines = new SimulatedHypervisor(Ram.IN_FILES);
    private final Impatient watchdog = new Impatient();
    private SimulatedHost host;
    private InstanceId id;

    @BeforeEach
    void boot() {
        host = new SimulatedHost(directory, new MemoryContentStore(), machines, machines, watchdog);
        id = host.boot();
        put(1);
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void whatIsOfSeveralInstantsIsNoSnapshot() {
        watchdog.isImpatient = true;

        assertMayBeAskedAgain(() -> host.snapshot(id, SNAPSHOT, MemoryChoice.WITH_MEMORY));

        assertUntouched(1);
        watchdog.isImpatient = false;
        CommandResult.Captured captured = host.snapshot(id, SNAPSHOT, MemoryChoice.WITH_MEMORY);
        put(2);
        host.revert(id, SNAPSHOT, captured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING);
        assertUntouched(1, SNAPSHOT);
    }

    @Test
    void nothingIsGivenUpForWhatIsOfSeveralInstants() {
        CommandResult.Captured captured = host.snapshot(id, SNAPSHOT, MemoryChoice.WITH_MEMORY);
        put(2);
        watchdog.isImpatient = true;

        assertMayBeAskedAgain(() -> host.revertSafely(
                id, SNAPSHOT, captured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING, SnapshotId.random()));

        assertUntouched(2, SNAPSHOT);
    }

    /// Disks are switched in one step of the hypervisor: only the checkpoint is too late.
    @Test
    void disksAloneAreOfOneInstantAllTheSame() {
        VolumeId volume = host.volume();
        DeviceName place = new DeviceName("vdc");
        host.handle(new ComputeCommand.AttachVolume(
                id, new DiskSpec(place, SimulatedHost.SIZE, new DiskSource.Volume(volume))));
        watchdog.isImpatient = true;

        host.handle(new ComputeCommand.CutVolumes(
                id, UUID.randomUUID(), List.of(new VolumeCut(volume, SNAPSHOT)), Quiesce.NONE));

        assertThat(host.instance(id).disk(place).heldBy(SNAPSHOT)).isPresent();
        assertThat(host.instance(id).lineage().points()).isEmpty();
        put(3);
        watchdog.isImpatient = false;
        assertThat(host.disk(host.captureSealed(id), ROOT))
                .isEqualTo(host.guest(id).read(ROOT, 0, (int) SimulatedHost.SIZE.bytes()));
    }

    @Test
    void machineThatWentOnIsNotSuspended() {
        watchdog.isImpatient = true;

        assertMayBeAskedAgain(() -> host.power(id, PowerAction.SUSPEND));

        assertUntouched(1);
        assertThat(host.instance(id).directory().suspending()).doesNotExist();
        watchdog.isImpatient = false;
        assertThat(host.power(id, PowerAction.SUSPEND)).isEqualTo(PowerState.SUSPENDED);
        assertThat(host.power(id, PowerAction.RESUME)).isEqualTo(PowerState.RUNNING);
        assertUntouched(1);
    }

    @Test
    void machineWhoseAgentDiesWhileItIsSavedGoesOn() throws InterruptedException {
        suspendUntilDeath();
        assertThat(machines.domains().find(id).orElseThrow().state()).isEqualTo(PowerState.PAUSED);

        host = new SimulatedHost(directory, new MemoryContentStore(), machines, machines, watchdog);

        assertUntouched(1);
        assertThat(host.instance(id).directory().suspending()).doesNotExist();
    }

    /// What it was before would be put on disks that have gone on.
    @Test
    void machineThatWentOnAndIsOffSinceIsNotPutBack() throws InterruptedException {
        suspendUntilDeath();
        machines.domains().resume(id);
        put(2);
        machines.domains().powerOff(id);

        host = new SimulatedHost(directory, new MemoryContentStore(), machines, machines, watchdog);

        assertThat(host.state(id)).isEqualTo(PowerState.STOPPED);
        assertThat(host.instance(id).directory().suspending()).doesNotExist();
        assertThat(host.instance(id).directory().suspended()).doesNotExist();
    }

    /// The agent dies when the file is whole.
    private void suspendUntilDeath() throws InterruptedException {
        SimulatedHost mortal = host;
        watchdog.dies = new CountDownLatch(1);
        Thread.ofPlatform().daemon().start(() -> mortal.power(id, PowerAction.SUSPEND));
        assertThat(watchdog.dies.await(30, TimeUnit.SECONDS)).isTrue();
        watchdog.dies = null;
    }

    private void put(int number) {
        byte[] bytes = new byte[BLOCK];
        Arrays.fill(bytes, (byte) number);
        host.guest(id).poke(0, new byte[] {(byte) number});
        host.guest(id).write(ROOT, 0, bytes);
        host.guest(id).write(DATA, 0, bytes);
    }

    private static void assertMayBeAskedAgain(Runnable action) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(StasisException.class, e -> assertThat(
                        e.kind().isRetryable())
                .isTrue());
    }

    private void assertUntouched(int number, SnapshotId... snapshots) {
        assertThat(host.state(id)).isEqualTo(PowerState.RUNNING);
        assertThat(host.guest(id).memory()[0]).isEqualTo((byte) number);
        assertThat(host.guest(id).read(ROOT, 0, 1)).containsExactly(number);
        assertThat(host.guest(id).read(DATA, 0, 1)).containsExactly(number);
        assertThat(host.instance(id).isAtRest()).isTrue();
        assertThat(host.instance(id).directory().snapshots()).containsExactly(snapshots);
        assertThat(host.instance(id).lineage().pending()).isEmpty();
    }

    /// Whose deadline is over before anybody calls it off, if it is impatient.
    private final class Impatient implements Watchdog {
        private boolean isImpatient;
        private InstanceId guarded = InstanceId.random();
        /// Counted down by who calls it off, who then does nothing more.
        private volatile @Nullable CountDownLatch dies;

        @Override
        public WatchdogHandle handle() {
            return new WatchdogHandle("impatient");
        }

        @Override
        public void guard(WatchdogHandle handle, InstanceId instance, Rescue rescue, Duration deadline) {
            guarded = instance;
        }

        @Override
        public boolean cancel(WatchdogHandle handle) {
            CountDownLatch death = dies;
            if (death != null) {
                death.countDown();
                stayThereForEver();
            }
            if (isImpatient) {
                machines.domains().resume(guarded);
            }
            return !isImpatient;
        }

        private static void stayThereForEver() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
