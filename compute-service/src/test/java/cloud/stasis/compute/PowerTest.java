package cloud.stasis.compute;

import static cloud.stasis.compute.SimulatedHost.DATA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.Fact;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PowerTest {
    @TempDir(factory = FastDirectory.class)
    Path directory;

    private SimulatedHost host;
    private InstanceId id;

    @BeforeEach
    void boot() {
        host = new SimulatedHost(directory);
        id = host.boot();
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void everyActionIsRepeatable() {
        assertThat(host.power(id, PowerAction.START)).isEqualTo(PowerState.RUNNING);
        assertThat(host.power(id, PowerAction.PAUSE)).isEqualTo(PowerState.PAUSED);
        assertThat(host.power(id, PowerAction.PAUSE)).isEqualTo(PowerState.PAUSED);
        assertThat(host.power(id, PowerAction.UNPAUSE)).isEqualTo(PowerState.RUNNING);
        assertThat(host.power(id, PowerAction.UNPAUSE)).isEqualTo(PowerState.RUNNING);
        assertThat(host.power(id, PowerAction.SUSPEND)).isEqualTo(PowerState.SUSPENDED);
        assertThat(host.power(id, PowerAction.SUSPEND)).isEqualTo(PowerState.SUSPENDED);
        assertThat(host.power(id, PowerAction.RESUME)).isEqualTo(PowerState.RUNNING);
        assertThat(host.power(id, PowerAction.RESUME)).isEqualTo(PowerState.RUNNING);
        assertThat(host.power(id, PowerAction.STOP)).isEqualTo(PowerState.STOPPED);
        assertThat(host.power(id, PowerAction.STOP)).isEqualTo(PowerState.STOPPED);
        assertThat(host.power(id, PowerAction.START)).isEqualTo(PowerState.RUNNING);
        assertThat(host.power(id, PowerAction.REBOOT_SOFT)).isEqualTo(PowerState.RUNNING);
        assertThat(host.power(id, PowerAction.REBOOT_HARD)).isEqualTo(PowerState.RUNNING);
    }

    @Test
    void suspendedMachineGoesOnMidInstruction() {
        host.guest(id).poke(0, new byte[] {42});

        host.power(id, PowerAction.SUSPEND);
        host.power(id, PowerAction.START);

        assertThat(host.guest(id).memory()[0]).isEqualTo((byte) 42);
        assertThat(host.instance(id).directory().path().toFile().list())
                .noneMatch(name -> name.startsWith("suspended"));
    }

    @Test
    void stoppedSuspendedMachineBootsAfresh() {
        host.guest(id).poke(0, new byte[] {42});
        host.power(id, PowerAction.SUSPEND);

        assertThat(host.power(id, PowerAction.STOP)).isEqualTo(PowerState.STOPPED);
        host.power(id, PowerAction.START);

        assertThat(host.guest(id).memory()[0]).isZero();
    }

    @Test
    void actionsThatMakeNoSenseAreRefused() {
        host.power(id, PowerAction.STOP);

        assertRefused(ErrorCode.WRONG_STATE, () -> host.power(id, PowerAction.PAUSE));
        assertRefused(ErrorCode.WRONG_STATE, () -> host.power(id, PowerAction.SUSPEND));
        assertRefused(ErrorCode.WRONG_STATE, () -> host.power(id, PowerAction.RESUME));
        assertRefused(ErrorCode.WRONG_STATE, () -> host.power(id, PowerAction.REBOOT_SOFT));
        assertRefused(ErrorCode.INSTANCE_NOT_FOUND, () -> host.power(InstanceId.random(), PowerAction.START));
    }

    @Test
    void bootIsRepeatable() {
        ComputeCommand.BootInstance boot =
                new ComputeCommand.BootInstance(InstanceId.random(), host.spec(), SimulatedHost.GRANT);

        host.handle(boot);
        host.guest(boot.instance()).poke(0, new byte[] {42});
        CommandResult again = host.handle(boot);

        assertThat(again).isEqualTo(new CommandResult.Observed(PowerState.RUNNING));
        assertThat(host.guest(boot.instance()).memory()[0]).isEqualTo((byte) 42);
    }

    @Test
    void bootThatFailsLeavesNothing() {
        InstanceSpec spec = new InstanceSpec(
                "too small",
                1,
                ByteCount.ofMib(64),
                host.spec().boot(),
                List.of(new DiskSpec(
                        SimulatedHost.ROOT,
                        ByteCount.ofKib(256),
                        host.spec().disks().getFirst().source())));
        InstanceId small = InstanceId.random();

        assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> host.handle(new ComputeCommand.BootInstance(small, spec, SimulatedHost.GRANT)));

        assertThat(host.host.instances().layout().instance(small).exists()).isFalse();
        assertThat(host.hypervisor.domains().find(small)).isEmpty();
    }

    @Test
    void volumeThatIsInUseIsNotAttachedAgain() {
        VolumeId volume = host.volume();
        InstanceSpec spec = new InstanceSpec(
                "volume",
                1,
                ByteCount.ofMib(64),
                host.spec().boot(),
                List.of(
                        host.spec().disks().getFirst(),
                        new DiskSpec(DATA, SimulatedHost.SIZE, new DiskSource.Volume(volume))));
        host.boot(spec);

        assertRefused(ErrorCode.WRONG_STATE, () -> host.boot(spec));
    }

    @Test
    void deletedInstanceLeavesNothingAndMayBeDeletedAgain() {
        host.captureSealed(id);
        Path files = host.instance(id).directory().path();

        host.handle(new ComputeCommand.DeleteInstance(id));
        host.handle(new ComputeCommand.DeleteInstance(id));

        assertThat(files).doesNotExist();
        assertThat(host.hypervisor.domains().find(id)).isEmpty();
    }

    @Test
    void statesAreToldAfterEachCommand() {
        host.power(id, PowerAction.PAUSE);

        long end = System.nanoTime() + 10_000_000_000L;
        while (host.facts.stream()
                .noneMatch(fact -> fact instanceof Fact.InstanceObserved observed
                        && observed.instance().equals(id)
                        && observed.state() == PowerState.PAUSED)) {
            assertThat(System.nanoTime()).as("the state is told").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StasisException.class, refused -> assertThat(refused.code())
                .isEqualTo(code));
    }
}
