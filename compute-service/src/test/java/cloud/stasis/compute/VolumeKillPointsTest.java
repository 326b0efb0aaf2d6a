package cloud.stasis.compute;

import static cloud.stasis.compute.SimulatedHost.GRANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.MemoryContentStore;
import cloud.stasis.compute.hypervisor.simulated.SimulatedHypervisor;
import cloud.stasis.compute.watchdog.TimerWatchdog;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Volumes come, go and are cut while the agent is killed.
class VolumeKillPointsTest extends KillPoints {
    private static final DeviceName PLACE = new DeviceName("vdc");

    private VolumeId volume = VolumeId.random();

    private ComputeCommand.AttachVolume attach() {
        return new ComputeCommand.AttachVolume(
                ID, new DiskSpec(PLACE, SimulatedHost.SIZE, new DiskSource.Volume(volume)));
    }

    private static void fill(SimulatedHost host, int number) {
        host.guest(ID).write(PLACE, 0, new byte[] {(byte) number});
    }

    private LayeredDisk disk(SimulatedHost host) {
        return host.instance(ID).disk(PLACE);
    }

    @Test
    void attachVolume() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public void given(Before before) {
                volume = before.host().volume();
            }

            @Override
            public ComputeCommand command(Before before) {
                return attach();
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                fill(host, 7);
                assertCaptureIsExact(host);
                host.power(ID, PowerAction.STOP);
                host.power(ID, PowerAction.START);
                assertThat(host.guest(ID).read(PLACE, 0, 1)).containsExactly(7);
            }
        });
    }

    @Test
    void detachVolume() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public void given(Before before) {
                volume = before.host().volume();
                before.host().handle(attach());
                before.host().captureSealed(ID);
            }

            @Override
            public ComputeCommand command(Before before) {
                return new ComputeCommand.DetachVolume(ID, volume);
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                assertThat(host.instance(ID).disks()).doesNotContainKey(PLACE);
                assertThat(host.hypervisor.domains().find(ID).orElseThrow().disks())
                        .doesNotContainKey(PLACE);
                assertCaptureIsExact(host);
                host.handle(attach());
            }
        });
    }

    @Test
    void cutVolumes() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public boolean isBesideAGuest() {
                return true;
            }

            @Override
            public void given(Before before) {
                volume = before.host().volume();
                before.host().handle(attach());
                fill(before.host(), 1);
            }

            @Override
            public ComputeCommand command(Before before) {
                return new ComputeCommand.CutVolumes(
                        ID, CAPTURE, List.of(new ComputeCommand.VolumeCut(volume, SNAPSHOT)), Quiesce.PREFER);
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                assertThat(disk(host).heldBy(SNAPSHOT)).isPresent();
                fill(host, 2);
                assertCaptureIsExact(host);
                host.power(ID, PowerAction.STOP);
                host.handle(new ComputeCommand.RevertAttached(ID, volume, SNAPSHOT));
                host.power(ID, PowerAction.START);
                assertThat(host.guest(ID).read(PLACE, 0, 1)).containsExactly(1);
                host.handle(new ComputeCommand.DropCut(ID, volume, SNAPSHOT));
                assertThat(disk(host).holders()).isEmpty();
            }
        });
    }

    @Test
    void revertAttachedOfARunningGuest() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public void given(Before before) {
                volume = before.host().volume();
                before.host().handle(attach());
                fill(before.host(), 1);
                before.host()
                        .handle(new ComputeCommand.CutVolumes(
                                ID, CAPTURE, List.of(new ComputeCommand.VolumeCut(volume, SNAPSHOT)), Quiesce.NONE));
                fill(before.host(), 2);
            }

            @Override
            public ComputeCommand command(Before before) {
                return new ComputeCommand.RevertAttached(ID, volume, SNAPSHOT);
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                assertThat(host.guest(ID).read(PLACE, 0, 1)).containsExactly(1);
                fill(host, 3);
                assertCaptureIsExact(host);
            }
        });
    }

    @Test
    void growAttached() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public void given(Before before) {
                volume = before.host().volume();
                before.host().handle(attach());
                fill(before.host(), 1);
                before.host().captureSealed(ID);
            }

            @Override
            public ComputeCommand command(Before before) {
                return new ComputeCommand.GrowAttached(ID, volume, ByteCount.ofMib(64));
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                assertThat(disk(host).size()).isEqualTo(ByteCount.ofMib(64));
                host.guest(ID).write(PLACE, ByteCount.ofMib(63).bytes(), new byte[] {9});
                assertCaptureIsExact(host);
            }
        });
    }

    /// A volume's own snapshots are nobody else's to release.
    @Test
    void anAgentThatStartsLeavesSnapshotsOfVolumesAlone() {
        SimulatedHypervisor machines = new SimulatedHypervisor();
        MemoryContentStore store = new MemoryContentStore();
        SimulatedHost host = new SimulatedHost(directory, store, machines, machines, new TimerWatchdog(machines));
        host.handle(new ComputeCommand.BootInstance(ID, host.spec(), GRANT));
        volume = host.volume();
        host.handle(attach());
        host.handle(new ComputeCommand.CutVolumes(
                ID, CAPTURE, List.of(new ComputeCommand.VolumeCut(volume, SNAPSHOT)), Quiesce.NONE));

        try (SimulatedHost next =
                new SimulatedHost(directory, store, machines, machines, new TimerWatchdog(machines))) {
            assertThat(disk(next).heldBy(SNAPSHOT)).isPresent();
            for (int more = 0; more < 12; more++) {
                next.snapshot(ID, SnapshotId.random(), MemoryChoice.WITH_MEMORY);
            }
            assertThat(disk(next).heldBy(SNAPSHOT)).isPresent();
        }
    }

    @Test
    void onlyOneInstanceHasAVolume() {
        try (SimulatedHost host = new SimulatedHost(directory)) {
            host.handle(new ComputeCommand.BootInstance(ID, host.spec(), GRANT));
            InstanceId other = host.boot();
            volume = host.volume();
            host.handle(attach());
            host.handle(attach());

            assertThatThrownBy(() -> host.handle(new ComputeCommand.AttachVolume(
                            other, new DiskSpec(PLACE, SimulatedHost.SIZE, new DiskSource.Volume(volume)))))
                    .isInstanceOfSatisfying(StasisException.class, failure -> assertThat(failure.code())
                            .isEqualTo(ErrorCode.WRONG_STATE));
            assertThat(host.instance(other).disks()).doesNotContainKey(PLACE);
        }
    }
}
