package cloud.stasis.compute;

import static cloud.stasis.compute.SimulatedHost.GRANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.machine.Machine;
import cloud.stasis.machine.Platform;
import cloud.stasis.machine.Platform.Generation;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.ClockBasis;
import cloud.stasis.messages.ComputeCommand.Identity;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.messages.ComputeCommand.TpmModel;
import cloud.stasis.messages.MessageCodec;
import cloud.stasis.model.Cpu;
import cloud.stasis.model.Cpu.Feature;
import cloud.stasis.model.Cpu.Presence;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a TPM keeps belongs to each snapshot, and a guest learns that it was put back or copied.
class PlatformTest {
    @TempDir(factory = FastDirectory.class)
    Path directory;

    private SimulatedHost host;
    private InstanceSpec spec;
    private InstanceId id;

    @BeforeEach
    void boot() throws IOException {
        host = SimulatedHost.withRamInFiles(directory);
        spec = host.spec().with(TpmModel.CRB).with(ClockBasis.LOCAL_TIME);
        id = host.boot(spec);
        seal(id, "first");
    }

    @AfterEach
    void close() {
        host.close();
    }

    @ParameterizedTest
    @EnumSource(MemoryChoice.class)
    void revertBringsBackWhatTheTpmKeptAndIsAnotherGeneration(MemoryChoice memory) throws IOException {
        Generation before = generation(id);
        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = host.snapshot(id, snapshot, MemoryChoice.WITH_MEMORY);
        seal(id, "second");

        host.revert(id, snapshot, captured, memory, AfterRevert.RUNNING);

        assertThat(sealed(id)).isEqualTo("first");
        assertThat(board(id).tpm().orElseThrow().state())
                .as("it is in its file")
                .isEmpty();
        assertThat(board(id).clock()).isEqualTo(ClockBasis.LOCAL_TIME);
        Generation once = generation(id);
        assertThat(once).isNotEqualTo(before);
        host.revert(id, snapshot, captured, memory, AfterRevert.RUNNING);
        assertThat(generation(id)).isNotIn(before, once);
    }

    @Test
    void rebootPauseAndSuspensionAreTheSameGeneration() {
        Generation before = generation(id);

        for (PowerAction action : List.of(
                PowerAction.PAUSE,
                PowerAction.UNPAUSE,
                PowerAction.SUSPEND,
                PowerAction.RESUME,
                PowerAction.REBOOT_HARD)) {
            host.power(id, action);
            assertThat(generation(id)).as(action.name()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void cloneHasTheTpmOfItsOriginUnlessItIsAnotherMachine(Identity identity) throws IOException {
        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = host.snapshot(id, snapshot, MemoryChoice.DISKS_ONLY);
        seal(id, "second");
        InstanceId clone = InstanceId.random();

        host.handle(new ComputeCommand.CloneInstance(
                clone,
                SimulatedHost.cloneSpec(spec, captured.parts()).with(TpmModel.CRB),
                id,
                snapshot,
                captured.parts(),
                MemoryChoice.DISKS_ONLY,
                ResumeState.RUNNING,
                identity,
                GRANT));

        assertThat(board(clone).tpm()).isPresent();
        switch (identity) {
            case KEEP -> {
                assertThat(sealed(clone)).isEqualTo("first");
                assertThat(generation(clone)).isEqualTo(generation(id));
            }
            case ISOLATE -> {
                assertThat(sealed(clone)).isEqualTo("first");
                assertThat(generation(clone)).isNotEqualTo(generation(id));
            }
            case REGENERATE -> {
                assertThat(state(clone)).doesNotExist();
                assertThat(generation(clone)).isNotEqualTo(generation(id));
            }
        }
        assertThat(sealed(id)).isEqualTo("second");
    }

    @Test
    void revertThatFailsLeavesTheTpmAsItWas() throws IOException {
        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = host.snapshot(id, snapshot, MemoryChoice.WITH_MEMORY);
        seal(id, "second");
        host.hypervisor.faults().nextStart(new StasisException(ErrorCode.HYPERVISOR_FAILED, "it does not start"));

        assertThatThrownBy(() -> host.revertSafely(
                        id, snapshot, captured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING, SnapshotId.random()))
                .isInstanceOf(StasisException.class);

        assertThat(sealed(id)).isEqualTo("second");
    }

    @Test
    void whatTheTpmKeepsGoesWithItsMachine() {
        Path state = state(id);
        assertThat(state).exists();

        host.handle(new ComputeCommand.DeleteInstance(id));

        assertThat(state.getParent()).doesNotExist();
    }

    @Test
    void cpuOfTheArchiveIsForgottenByAGuestThatBoots() throws IOException {
        Machine machine = host.instance(id).machine();
        Cpu cpu = new Cpu("Skylake", List.of(new Feature("hle", Presence.NOT_THERE)));
        Machine saved = machine.with(machine.platform().orElseThrow().withCpu(Optional.of(cpu)));

        byte[] written = MessageCodec.mapper().writeValueAsBytes(saved);
        assertThat(MessageCodec.mapper().readValue(written, Machine.class)).isEqualTo(saved);
        host.instance(id)
                .directory()
                .spec()
                .write(new cloud.stasis.compute.instance.InstanceRecord(
                        host.instance(id).spec().spec(), saved));
        host.power(id, PowerAction.REBOOT_HARD);

        assertThat(board(id).cpu()).isEmpty();
    }

    @Test
    void namesThatNoCpuHasAreRefused() {
        assertThatThrownBy(() -> new Cpu("qemu64,-smap", List.of())).isInstanceOf(StasisException.class);
        assertThatThrownBy(() -> new Feature("a'/><x", Presence.THERE)).isInstanceOf(StasisException.class);
        assertThatThrownBy(() -> new Cpu(
                        "qemu64", List.of(new Feature("svm", Presence.THERE), new Feature("svm", Presence.NOT_THERE))))
                .isInstanceOf(StasisException.class);
    }

    private void seal(InstanceId instance, String text) throws IOException {
        Files.createDirectories(state(instance).getParent());
        Files.writeString(state(instance), text);
    }

    private String sealed(InstanceId instance) throws IOException {
        return Files.readString(state(instance));
    }

    private Path state(InstanceId instance) {
        return host.instance(instance).directory().tpmState();
    }

    private Platform board(InstanceId instance) {
        return host.instance(instance).machine().platform().orElseThrow();
    }

    private Generation generation(InstanceId instance) {
        return board(instance).generation().orElseThrow();
    }
}
