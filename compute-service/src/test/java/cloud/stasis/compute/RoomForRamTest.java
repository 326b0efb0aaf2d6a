package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.compute.agent.ComputeAgent;
import cloud.stasis.compute.host.Host;
import cloud.stasis.compute.store.FreeSpace;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.HostId;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// RAM that shares its blocks with a memory file grows as the guest writes; where it finds no room any guest is killed.
class RoomForRamTest {
    private static final SnapshotId SNAPSHOT = SnapshotId.random();
    private static final ByteCount MEMORY = ByteCount.ofMib(512);

    @TempDir(factory = FastDirectory.class)
    Path directory;

    private SimulatedHost host;
    private InstanceId id;

    @BeforeEach
    void boot() {
        host = SimulatedHost.withRamInFiles(directory);
        InstanceSpec plain = host.spec();
        id = host.boot(new InstanceSpec(plain.name(), plain.vcpus(), MEMORY, plain.boot(), plain.disks()));
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void revertThatMayOutgrowTheHostTouchesNothing() {
        host.guest(id).poke(0, new byte[] {1});
        CommandResult.Captured captured = host.snapshot(id, SNAPSHOT, MemoryChoice.WITH_MEMORY);
        host.guest(id).poke(0, new byte[] {2});

        assertHasNoRoom(new ComputeCommand.RevertInstance(
                id,
                SNAPSHOT,
                host.instance(id).spec().spec(),
                captured.parts(),
                MemoryChoice.WITH_MEMORY,
                AfterRevert.RUNNING,
                Optional.empty(),
                SimulatedHost.GRANT));

        assertThat(host.state(id)).isEqualTo(PowerState.RUNNING);
        assertThat(host.guest(id).memory()[0]).isEqualTo((byte) 2);
        assertThat(host.instance(id).directory().intent().read()).isEmpty();
    }

    @Test
    void suspendedMachineStaysSoUntilThereIsRoom() {
        host.guest(id).poke(0, new byte[] {1});
        host.power(id, PowerAction.SUSPEND);

        assertHasNoRoom(new ComputeCommand.ChangePower(id, PowerAction.RESUME));

        assertThat(host.state(id)).isEqualTo(PowerState.SUSPENDED);
        host.power(id, PowerAction.RESUME);
        assertThat(host.guest(id).memory()[0]).isEqualTo((byte) 1);
    }

    /// Of an agent whose host has room for half of the memory.
    private void assertHasNoRoom(ComputeCommand command) {
        ByteCount free = host.host.memorySpace().free();
        FreeSpace none = new FreeSpace(directory, ByteCount.ofBytes(free.bytes() - MEMORY.bytes() / 2));
        Host full = new Host(
                host.host.hypervisor(),
                host.host.instances(),
                host.host.bases(),
                host.host.streams(),
                host.host.space(),
                none,
                host.host.stores(),
                host.host.watchdog(),
                host.host.limits(),
                host.host.clock());
        ComputeAgent agent = new ComputeAgent(new HostId("full"), full, (_, _) -> {});
        assertThatThrownBy(() -> agent.handle(command, new SimulatedHost.Context()))
                .isInstanceOfSatisfying(
                        StasisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_SPACE));
    }
}
