package cloud.stasis.compute;

import static cloud.stasis.compute.SimulatedHost.DATA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.disks.SparseDisk;
import cloud.stasis.disks.SparseLayers;
import cloud.stasis.messages.ComputeCommand.MemoryChoice;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.PowerState;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftLayersTest {
    @TempDir(factory = FastDirectory.class)
    Path directory;

    /// As when libvirt died before it wrote down that the disks had gone on in other layers.
    @Test
    void layerThatIsWrittenToIsNeverDropped() {
        try (SimulatedHost host = new SimulatedHost(directory)) {
            InstanceId id = host.boot();
            LayeredDisk disk = host.instance(id).disk(DATA);
            Path layer = disk.file(disk.prepare());

            try (SparseDisk _ = new SparseLayers().openForWriting(layer)) {
                assertThatThrownBy(() -> host.snapshot(id, SnapshotId.random(), MemoryChoice.WITH_MEMORY))
                        .isInstanceOfSatisfying(
                                StasisException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.WRONG_STATE));

                assertThat(layer).exists();
                assertThat(host.state(id)).isEqualTo(PowerState.RUNNING);
            }
            host.snapshot(id, SnapshotId.random(), MemoryChoice.WITH_MEMORY);
            assertThat(layer).doesNotExist();
        }
    }
}
