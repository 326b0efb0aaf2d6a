package cloud.stasis.compute;

import static cloud.stasis.compute.SimulatedHost.BLOCK;
import static cloud.stasis.compute.SimulatedHost.DATA;
import static cloud.stasis.compute.SimulatedHost.GRANT;
import static cloud.stasis.compute.SimulatedHost.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.Boot;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// For each command: the agent is killed before and after each call that it makes to the hypervisor or to a
/// layer. The next one finds what was left, ends it, and carries the command out again. Machines live through
/// this.
class KillPointsTest extends KillPoints {
    private static final DeviceName RESCUE = new DeviceName("vdz");
    private static final SnapshotId KEPT = SnapshotId.parse("5eb0f1d2-0a53-4b0e-9d6c-7c7a5c1f0006");
    private static final ComputeCommand.Size LARGER =
            new ComputeCommand.Size(2, ByteCount.ofMib(128), Optional.of(ByteCount.ofMib(2)));

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
            public boolean isBesideAGuest() {
                return true;
            }

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
    void rescue() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public void given(Before before) {
                write(before.host(), 7, 2);
            }

            @Override
            public ComputeCommand command(Before before) {
                return rescueOf(before.host());
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                assertThat(host.state(ID)).isEqualTo(PowerState.RUNNING);
                assertThat(host.guest(ID).read(RESCUE, 0, 1)[0])
                        .isEqualTo(host.guest(ID).read(ROOT, 0, 1)[0]);
                host.handle(new ComputeCommand.UnrescueInstance(
                        ID, RESCUE, host.spec().boot()));
                host.power(ID, PowerAction.START);
                assertCaptureIsExact(host);
            }
        });
    }

    @Test
    void endOfARescue() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public void given(Before before) {
                before.host().handle(rescueOf(before.host()));
                write(before.host(), 7, 2);
            }

            @Override
            public ComputeCommand command(Before before) {
                return new ComputeCommand.UnrescueInstance(
                        ID, RESCUE, before.host().spec().boot());
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                assertThat(host.state(ID)).isEqualTo(PowerState.STOPPED);
                assertThat(host.instance(ID).machine().boot())
                        .isEqualTo(host.spec().boot());
                assertThat(host.instance(ID).machine().targets()).doesNotContain(RESCUE);
                host.power(ID, PowerAction.START);
                assertCaptureIsExact(host);
            }
        });
    }

    private static ComputeCommand rescueOf(SimulatedHost host) {
        DiskSpec root = host.spec().disks().getFirst();
        return new ComputeCommand.RescueInstance(
                ID, new DiskSpec(RESCUE, root.size(), root.source()), new Boot.FromDiskAt(RESCUE), GRANT);
    }

    @Test
    void resize() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public void given(Before before) {
                write(before.host(), 7, 2);
            }

            @Override
            public ComputeCommand command(Before before) {
                return larger();
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                assertThat(host.state(ID)).isEqualTo(PowerState.STOPPED);
                assertThat(host.instance(ID).spec().spec().size()).isEqualTo(LARGER);
                assertThat(host.instance(ID).disk(ROOT).size())
                        .isEqualTo(LARGER.root().orElseThrow());
                host.power(ID, PowerAction.START);
                assertThat(host.guest(ID).read(ROOT, 7L * BLOCK, 1)).containsExactly(2);
                host.guest(ID).write(ROOT, ByteCount.ofMib(2).bytes() - BLOCK, new byte[] {9});
                assertCaptureIsExact(host);
                host.handle(new ComputeCommand.ConfirmResize(ID, KEPT));
                assertThat(host.instance(ID).directory().resize().read()).isEmpty();
                assertCaptureIsExact(host);
            }
        });
    }

    /// Its root disk equals a content, and is larger than that afterwards.
    @Test
    void resizeOfAMachineThatIsInTheStoreAsItIs() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public void given(Before before) {
                write(before.host(), 7, 2);
                before.host().power(ID, PowerAction.STOP);
                before.host().capture(ID, CAPTURE, Quiesce.PREFER);
                before.host().settle(ID, CAPTURE, Settlement.SEALED);
                assertThat(before.host().instance(ID).disk(ROOT).atRest()).isPresent();
            }

            @Override
            public ComputeCommand command(Before before) {
                return larger();
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                assertThat(host.instance(ID).disk(ROOT).atRest()).isEmpty();
                assertThat(host.instance(ID).disk(DATA).atRest()).isPresent();
                host.power(ID, PowerAction.START);
                assertCaptureIsExact(host);
            }
        });
    }

    @Test
    void revertOfAResize() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public void given(Before before) {
                write(before.host(), 7, 2);
                before.host().handle(larger());
                before.host().power(ID, PowerAction.START);
                write(before.host(), 7, 3);
            }

            @Override
            public ComputeCommand command(Before before) {
                return new ComputeCommand.RevertResize(ID, KEPT);
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                assertThat(host.state(ID)).isEqualTo(PowerState.STOPPED);
                assertThat(host.instance(ID).spec().spec()).isEqualTo(host.spec());
                assertThat(host.instance(ID).disk(ROOT).size()).isEqualTo(SimulatedHost.SIZE);
                host.power(ID, PowerAction.START);
                assertThat(host.guest(ID).read(ROOT, 7L * BLOCK, 1)).containsExactly(2);
                assertThat(host.guest(ID).read(DATA, 7L * BLOCK, 1)).containsExactly(2);
                assertCaptureIsExact(host);
            }
        });
    }

    @Test
    void confirmationOfAResize() throws InterruptedException {
        everyMoment(new Scenario() {
            @Override
            public void given(Before before) {
                before.host().handle(larger());
                before.host().power(ID, PowerAction.START);
                write(before.host(), 7, 3);
            }

            @Override
            public ComputeCommand command(Before before) {
                return new ComputeCommand.ConfirmResize(ID, KEPT);
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                assertThat(host.instance(ID).directory().resize().read()).isEmpty();
                assertThat(host.instance(ID).disk(ROOT).holders()).doesNotContain(KEPT);
                assertThat(host.guest(ID).read(ROOT, 7L * BLOCK, 1)).containsExactly(3);
                assertCaptureIsExact(host);
            }
        });
    }

    private static ComputeCommand larger() {
        return new ComputeCommand.ResizeInstance(ID, KEPT, LARGER);
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
            public boolean isBesideAGuest() {
                return true;
            }

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

    /// What the instance was before it died is what it is made again: it ran.
    @Test
    void revertThatFailsTheSecondTime() throws InterruptedException {
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
            public CommandResult again(SimulatedHost host, ComputeCommand command) {
                host.hypervisor
                        .faults()
                        .nextStart(new StasisException(ErrorCode.HYPERVISOR_FAILED, "no such machine type"));
                assertThatThrownBy(() -> host.handle(command))
                        .isInstanceOfSatisfying(StasisException.class, failed -> assertThat(failed.code())
                                .isEqualTo(ErrorCode.HYPERVISOR_FAILED));
                return new CommandResult.Completed();
            }

            @Override
            public void then(SimulatedHost host, CommandResult result) {
                assertThat(host.state(ID)).isEqualTo(PowerState.RUNNING);
                assertAt(host, 2);
                assertThat(host.instance(ID).directory().snapshots()).containsExactly(EARLIER);
                assertCaptureIsExact(host);
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
}
