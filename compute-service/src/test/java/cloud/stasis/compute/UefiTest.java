package cloud.stasis.compute;

import static cloud.stasis.compute.SimulatedHost.GRANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.machine.PackedFile;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.Devices;
import cloud.stasis.messages.ComputeCommand.Firmware;
import cloud.stasis.messages.ComputeCommand.Identity;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.PowerAction;
import cloud.stasis.messages.ComputeCommand.ResumeState;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.Part;
import cloud.stasis.model.Quiesce;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a firmware keeps belongs to each snapshot and comes back with it.
class UefiTest {
    @TempDir(factory = FastDirectory.class)
    Path directory;

    private SimulatedHost host;
    private InstanceSpec spec;
    private InstanceId id;

    @BeforeEach
    void boot() throws IOException {
        host = SimulatedHost.withRamInFiles(directory);
        spec = host.spec().with(Firmware.UEFI);
        id = host.boot(spec);
        keep(1);
    }

    @AfterEach
    void close() {
        host.close();
    }

    @ParameterizedTest
    @EnumSource(MemoryChoice.class)
    void revertBringsItBack(MemoryChoice memory) throws IOException {
        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = host.snapshot(id, snapshot, MemoryChoice.WITH_MEMORY);
        keep(2);

        host.revert(id, snapshot, captured, memory, AfterRevert.RUNNING);

        assertKept(id, 1);
        assertThat(host.instance(id).machine().uefi().orElseThrow().variables()).isEmpty();
    }

    @Test
    void snapshotsOfDisksAndOfStoppedMachinesHaveItToo() throws IOException {
        SnapshotId disks = SnapshotId.random();
        CommandResult.Captured first = host.snapshot(id, disks, MemoryChoice.DISKS_ONLY);
        keep(2);
        host.power(id, PowerAction.STOP);
        SnapshotId stopped = SnapshotId.random();
        CommandResult.Captured second = host.snapshot(id, stopped, MemoryChoice.DISKS_ONLY);
        keep(3);

        host.revert(id, disks, first, MemoryChoice.DISKS_ONLY, AfterRevert.RUNNING);
        assertKept(id, 1);
        host.revert(id, stopped, second, MemoryChoice.DISKS_ONLY, AfterRevert.STOPPED);
        assertKept(id, 2);
    }

    @Test
    void variablesThatDoNotShrinkAreKeptAsWell() throws IOException {
        byte[] random = new byte[540_672];
        new Random(7).nextBytes(random);
        Files.write(host.instance(id).directory().nvram(), random);
        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = host.snapshot(id, snapshot, MemoryChoice.DISKS_ONLY);
        keep(2);

        host.revert(id, snapshot, captured, MemoryChoice.DISKS_ONLY, AfterRevert.RUNNING);

        assertThat(Files.readAllBytes(host.instance(id).directory().nvram())).isEqualTo(random);
    }

    @Test
    void revertThatFailsLeavesIt() throws IOException {
        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = host.snapshot(id, snapshot, MemoryChoice.WITH_MEMORY);
        keep(2);
        host.hypervisor.faults().nextStart(new StasisException(ErrorCode.HYPERVISOR_FAILED, "it does not start"));

        assertThatThrownBy(() -> host.revertSafely(
                        id, snapshot, captured, MemoryChoice.WITH_MEMORY, AfterRevert.RUNNING, SnapshotId.random()))
                .isInstanceOf(StasisException.class);

        assertKept(id, 2);
    }

    @Test
    void cloneStartsWithIt() throws IOException {
        SnapshotId snapshot = SnapshotId.random();
        CommandResult.Captured captured = host.snapshot(id, snapshot, MemoryChoice.WITH_MEMORY);
        keep(2);
        InstanceId clone = InstanceId.random();

        host.handle(new ComputeCommand.CloneInstance(
                clone,
                SimulatedHost.cloneSpec(spec, captured.parts()).with(Firmware.UEFI),
                id,
                snapshot,
                captured.parts(),
                MemoryChoice.DISKS_ONLY,
                ResumeState.RUNNING,
                Identity.REGENERATE,
                GRANT));

        assertKept(clone, 1);
        assertKept(id, 2);
    }

    @Test
    void aMachineThatWasTakenOffItsHostBeginsWithIt() throws IOException {
        host.power(id, PowerAction.STOP);
        CommandResult.Captured captured = (CommandResult.Captured) host.handle(new ComputeCommand.CaptureDisks(
                id, UUID.randomUUID(), List.of(), Quiesce.NONE, Optional.of(Devices.ARCHIVE), GRANT));
        host.handle(new ComputeCommand.DeleteInstance(id));
        Content archive = captured.parts().stream()
                .filter(Part.DeviceArchive.class::isInstance)
                .map(Part::content)
                .findFirst()
                .orElseThrow();

        host.handle(new ComputeCommand.BootInstance(
                id, SimulatedHost.cloneSpec(spec, captured.parts()).with(Firmware.UEFI), Optional.of(archive), GRANT));

        assertKept(id, 1);
        assertThat(host.instance(id).machine().uefi().orElseThrow().variables()).isEmpty();
    }

    @Test
    void whatIsTooLargeOrNoArchiveIsRefused() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream pack = new GZIPOutputStream(bomb)) {
            pack.write(new byte[64 << 20]);
        }
        Path file = directory.resolve("refused");

        for (String text : new String[] {Base64.getEncoder().encodeToString(bomb.toByteArray()), "???", "AAAA"}) {
            assertThatThrownBy(() -> new PackedFile(List.of(text)).write(file))
                    .isInstanceOfSatisfying(StasisException.class, refused -> assertThat(refused.code())
                            .isEqualTo(ErrorCode.MALFORMED_OBJECT));
        }
        assertThat(file).doesNotExist();
    }

    private void keep(int value) throws IOException {
        Files.write(host.instance(id).directory().nvram(), variables(value));
    }

    private void assertKept(InstanceId instance, int value) throws IOException {
        assertThat(Files.readAllBytes(host.instance(instance).directory().nvram()))
                .isEqualTo(variables(value));
    }

    private static byte[] variables(int value) {
        byte[] bytes = new byte[540_672];
        Arrays.fill(bytes, (byte) 0xff);
        bytes[100] = (byte) value;
        return bytes;
    }
}
