package cloud.stasis.compute;

import static cloud.stasis.compute.SimulatedHost.BLOCK;
import static cloud.stasis.compute.SimulatedHost.SIZE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.disks.LayerReader;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.messages.CommandResult;
import cloud.stasis.messages.ComputeCommand;
import cloud.stasis.messages.ComputeCommand.AfterRevert;
import cloud.stasis.messages.ComputeCommand.DiskSource;
import cloud.stasis.messages.ComputeCommand.DiskSpec;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;
import cloud.stasis.messages.ComputeCommand.Link;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.messages.ComputeCommand.NicSpec;
import cloud.stasis.model.DeviceName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.MacAddress;
import cloud.stasis.model.NetworkId;
import cloud.stasis.model.PortId;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A revert across volumes and network interfaces that came and went: it happens as a whole, or not at all.
class DeviceExchangeTest {
    private static final DeviceName VOLUME = new DeviceName("vdc");
    private static final SnapshotId THEN = SnapshotId.random();
    private static final SnapshotId SAFETY = SnapshotId.random();
    private static final NicSpec NIC =
            new NicSpec(PortId.random(), NetworkId.random(), MacAddress.random(), Optional.of("192.0.2.2"), Link.UP);

    @TempDir(factory = FastDirectory.class)
    Path directory;

    private SimulatedHost host;
    private InstanceId id;
    private VolumeId had;
    private VolumeId later;
    private InstanceSpec specThen;
    private CommandResult.Captured captured;

    @BeforeEach
    void exchange() {
        host = SimulatedHost.withRamInFiles(directory);
        id = host.boot();
        had = host.volume();
        later = host.volume();
        host.handle(new ComputeCommand.AttachVolume(id, disk(had)));
        host.handle(new ComputeCommand.AttachNic(id, NIC));
        put(1);
        specThen = spec();
        captured = host.snapshot(id, THEN, MemoryChoice.WITH_MEMORY);
        put(2);
        host.handle(new ComputeCommand.DetachVolume(id, had));
        host.handle(new ComputeCommand.DetachNic(id, NIC.port()));
        host.handle(new ComputeCommand.AttachVolume(id, disk(later)));
        put(3);
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void revertBringsBackWhatWasThereAndItsUndoWhatCameLater() {
        InstanceSpec specLater = spec();
        revert(THEN, specThen, captured, Optional.of(SAFETY));
        assertThat(spec().nics()).containsExactly(NIC);
        assertAt(1);
        assertThat(opened(later).holders()).containsExactly(SAFETY);
        assertThat(opened(had).holders()).isEmpty();

        CommandResult.Captured kept = host.keep(id, SAFETY);
        assertThat(opened(later).holders()).isEmpty();
        assertThat(content(later)).isEqualTo((byte) 3);

        put(4);
        revert(SAFETY, specLater, kept, Optional.empty());
        assertThat(spec().nics()).isEmpty();
        assertAt(3);
        assertThat(opened(had).holders()).isEmpty();
        assertThat(content(had)).isEqualTo((byte) 4);
        revert(THEN, specThen, captured, Optional.empty());
        assertAt(1);
    }

    @Test
    void revertThatFailsLeavesEachDeviceWhatItWas() {
        host.hypervisor.faults().nextStart(new StasisException(ErrorCode.HYPERVISOR_FAILED, "no such machine type"));

        assertRefused(ErrorCode.HYPERVISOR_FAILED);

        assertAt(3);
        assertThat(spec().nics()).isEmpty();
        assertThat(content(had)).as("what the volume held before").isEqualTo((byte) 2);
        assertThat(opened(had).holders()).isEmpty();
        assertThat(opened(later).holders()).isEmpty();
        assertThat(host.instance(id).directory().intent().read()).isEmpty();
    }

    @Test
    void whatCannotBeHadIsFoundOutBeforeAnythingIsTouched() {
        host.hypervisor.faults().cutOff(NIC.network());
        assertRefused(ErrorCode.WRONG_STATE);
        host.hypervisor.faults().reconnect(NIC.network());
        InstanceId other = host.boot();
        host.handle(new ComputeCommand.AttachVolume(other, disk(had)));
        assertRefused(ErrorCode.WRONG_STATE);

        assertAt(3);
        assertThat(host.instance(id).directory().snapshots()).containsExactly(THEN);
        host.handle(new ComputeCommand.DetachVolume(other, had));
        revert(THEN, specThen, captured, Optional.of(SAFETY));
        assertAt(1);
    }

    @Test
    void deletedInstanceLeavesNothingInVolumesThatLeftIt() {
        revert(THEN, specThen, captured, Optional.of(SAFETY));

        host.handle(new ComputeCommand.DeleteInstance(id));

        assertThat(opened(later).holders()).isEmpty();
        assertThat(opened(had).holders()).isEmpty();
        assertThat(content(later)).isEqualTo((byte) 3);
    }

    private void assertRefused(ErrorCode code) {
        assertThatThrownBy(() -> revert(THEN, specThen, captured, Optional.of(SAFETY)))
                .isInstanceOfSatisfying(StasisException.class, refused -> assertThat(refused.code())
                        .isEqualTo(code));
    }

    private void revert(SnapshotId to, InstanceSpec spec, CommandResult.Captured parts, Optional<SnapshotId> safety) {
        host.handle(new ComputeCommand.RevertInstance(
                id,
                to,
                spec,
                parts.parts(),
                MemoryChoice.WITH_MEMORY,
                AfterRevert.RUNNING,
                safety,
                SimulatedHost.GRANT));
    }

    private InstanceSpec spec() {
        return host.instance(id).spec().spec();
    }

    /// The same number to memory and to the volume.
    private void put(int number) {
        byte[] bytes = new byte[BLOCK];
        Arrays.fill(bytes, (byte) number);
        host.guest(id).poke(0, new byte[] {(byte) number});
        host.guest(id).write(VOLUME, 0, bytes);
    }

    private void assertAt(int number) {
        assertThat(host.guest(id).memory()[0]).as("memory").isEqualTo((byte) number);
        assertThat(host.guest(id).read(VOLUME, 0, 1)).as("the volume").containsExactly(number);
    }

    private byte content(VolumeId volume) {
        LayeredDisk disk = opened(volume);
        ByteBuffer first = ByteBuffer.allocate(1);
        try (LayerReader reader = disk.read(disk.active())) {
            reader.read(0, first);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return first.get(0);
    }

    private LayeredDisk opened(VolumeId volume) {
        return LayeredDisk.open(host.host.instances().layout().volume(volume), host.hypervisor.layers());
    }

    private static DiskSpec disk(VolumeId volume) {
        return new DiskSpec(VOLUME, SIZE, new DiskSource.Volume(volume));
    }
}
