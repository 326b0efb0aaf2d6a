package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.compute.hypervisor.Memories.Keeping;
import cloud.stasis.disks.Program;
import cloud.stasis.machine.Platform;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.messages.ComputeCommand.TpmModel;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.testkit.ReflinkVolume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A real guest with a TPM by swtpm. A register of it, which is nowhere but in the TPM's memory, shows what it is put
/// back to; the same is tried with both forms of memory.
class TpmIT {
    /// `TPM2_PCR_Extend` of the register for trials, by 32 bytes of one kind.
    private static final String EXTEND =
            "printf '\\x80\\x02\\x00\\x00\\x00\\x41\\x00\\x00\\x01\\x82\\x00\\x00\\x00\\x10"
                    + "\\x00\\x00\\x00\\x09\\x40\\x00\\x00\\x09\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x01\\x00\\x0b"
                    + "0123456789abcdef0123456789abcdef' > /dev/tpm0";

    private static final String REGISTER = "cat /sys/class/tpm/tpm0/pcr-sha256/16";
    private static final Duration TOOL = Duration.ofSeconds(30);

    private Optional<ReflinkVolume> volume = Optional.empty();
    private Optional<RealHost> host = Optional.empty();

    @AfterEach
    void close() {
        host.ifPresent(RealHost::close);
        volume.ifPresent(ReflinkVolume::close);
    }

    @Test
    void tpmGoesOnAsItWasWithMemoryThatSharesBlocks() throws Exception {
        ReflinkVolume made = ReflinkVolume.make();
        volume = Optional.of(made);
        Reverted reverted = goesOn(RealHost.withMemoryIn(made.mount()));

        bootsWithWhatItKept(reverted);
    }

    @Test
    void tpmGoesOnAsItWasWithMemoryInTheFormOfLibvirt() throws Exception {
        goesOn(RealHost.keeping(Keeping.PRIVATE));
    }

    private record Reverted(RealHost host, InstanceId id, SnapshotId snapshot, CommandResult.Captured captured) {}

    private Reverted goesOn(RealHost real) throws Exception {
        host = Optional.of(real);
        InstanceSpec spec = RealHost.spec(DemoGuest.in(real.store), List.of()).with(TpmModel.CRB);
        InstanceId id = InstanceId.random();
        real.handle(new ComputeCommand.BootInstance(id, spec, RealHost.GRANT));
        real.awaitReady(id);
        real.inGuest(id, EXTEND);
        String then = real.inGuest(id, REGISTER);
        assertThat(then.strip()).matches("[0-9A-F]{64}").isNotEqualTo("0".repeat(64));
        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = (CommandResult.Captured) real.handle(new ComputeCommand.CaptureInstance(
                id, snapshot, MemoryChoice.WITH_MEMORY, Quiesce.PREFER, RealHost.GRANT));
        real.handle(new ComputeCommand.SettleCapture(id, snapshot.value(), Settlement.SEALED));
        real.inGuest(id, EXTEND);
        assertThat(real.inGuest(id, REGISTER)).isNotEqualTo(then);
        String before = generation(id);

        revert(real, id, snapshot, captured, MemoryChoice.WITH_MEMORY);

        assertThat(real.inGuest(id, REGISTER)).isEqualTo(then);
        assertThat(real.inGuest(id, "cat /run/probe.state")).contains("failures=0", "memory_failures=0");
        assertThat(generation(id)).isNotEqualTo(before).isEqualTo(recorded(real, id));
        return new Reverted(real, id, snapshot, captured);
    }

    private static void bootsWithWhatItKept(Reverted reverted) throws Exception {
        RealHost real = reverted.host();
        InstanceId id = reverted.id();
        String before = generation(id);
        Path state = real.instance(id).directory().tpmState();
        byte[] lasting = Files.readAllBytes(state);
        revert(real, id, reverted.snapshot(), reverted.captured(), MemoryChoice.DISKS_ONLY);
        assertThat(real.inGuest(id, REGISTER).strip())
                .as("a TPM that was off knows no registers")
                .isEqualTo("0".repeat(64));
        assertThat(Files.size(state)).isEqualTo(lasting.length);
        assertThat(generation(id)).isNotEqualTo(before).isEqualTo(recorded(real, id));

        real.handle(new ComputeCommand.DeleteInstance(id));
        assertThat(state.getParent().getParent()).doesNotExist();
    }

    private static void revert(
            RealHost host, InstanceId id, SnapshotId snapshot, CommandResult.Captured captured, MemoryChoice memory) {
        host.handle(new ComputeCommand.RevertInstance(
                id,
                snapshot,
                host.instance(id).spec().spec(),
                captured.parts(),
                memory,
                AfterRevert.RUNNING,
                Optional.empty(),
                RealHost.GRANT));
    }

    private static String recorded(RealHost host, InstanceId id) {
        Platform board = host.instance(id).machine().platform().orElseThrow();
        return board.generation().orElseThrow().id().toString();
    }

    /// As QEMU shows it to the guest.
    private static String generation(InstanceId id) {
        String answer = Program.run(
                TOOL,
                List.of(
                        "virsh",
                        "-q",
                        "-c",
                        RealHost.LIBVIRT.toString(),
                        "qemu-monitor-command",
                        "stasis-" + id,
                        "{\"execute\":\"query-vm-generation-id\"}"));
        return answer.replaceAll(".*\"guid\":\"([0-9a-f-]+)\".*", "$1").strip();
    }
}
