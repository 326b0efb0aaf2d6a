package cloud.stasis.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.Firmware;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.Settlement;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A real guest that OVMF starts.
class UefiIT {
    private RealHost host;
    private InstanceId id;

    @BeforeEach
    void boot() {
        host = new RealHost();
        InstanceSpec spec = RealHost.spec(DemoGuest.in(host.store), List.of()).with(Firmware.UEFI);
        id = InstanceId.random();
        host.handle(new ComputeCommand.BootInstance(id, spec, RealHost.GRANT));
        host.awaitReady(id);
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void aGuestThatUefiStartedIsRevertedWithItsVariables() throws Exception {
        assertThat(host.inGuest(id, "[ -d /sys/firmware/efi ] && echo by-uefi || echo by-bios"))
                .contains("by-uefi");
        Path nvram = host.instance(id).directory().nvram();
        byte[] then = Files.readAllBytes(nvram);
        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = (CommandResult.Captured) host.handle(new ComputeCommand.CaptureInstance(
                id, snapshot, MemoryChoice.WITH_MEMORY, Quiesce.PREFER, RealHost.GRANT));
        host.handle(new ComputeCommand.SettleCapture(id, snapshot.value(), Settlement.SEALED));
        // QEMU has it open: what it writes from now on goes with it.
        Files.delete(nvram);

        host.handle(new ComputeCommand.RevertInstance(
                id,
                snapshot,
                host.instance(id).spec().spec(),
                captured.parts(),
                MemoryChoice.WITH_MEMORY,
                AfterRevert.RUNNING,
                Optional.empty(),
                RealHost.GRANT));

        assertThat(Files.readAllBytes(nvram)).isEqualTo(then);
        assertThat(host.inGuest(id, "cat /run/probe.state")).contains("failures=0", "memory_failures=0");

        host.handle(new ComputeCommand.DeleteInstance(id));
        assertThat(nvram).doesNotExist();
    }
}
