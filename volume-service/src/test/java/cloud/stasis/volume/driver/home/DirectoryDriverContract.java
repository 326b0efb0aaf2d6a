package cloud.stasis.volume.driver.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.LayerNumber;
import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.disks.Program;
import cloud.stasis.disks.QcowLayers;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.VolumeId;
import cloud.stasis.volume.driver.Copying;
import cloud.stasis.volume.driver.Snapshotting;
import cloud.stasis.volume.driver.VolumeDriver;
import cloud.stasis.volume.driver.VolumeDriverContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The contract, for drivers whose volumes are directories of layers: tried with QEMU's own tools.
public abstract class DirectoryDriverContract extends VolumeDriverContract {
    private static final long DEADLINE_SECONDS = 60;
    private static final Duration DEADLINE = Duration.ofSeconds(DEADLINE_SECONDS);

    /// Where the volumes are.
    protected abstract Path volumes();

    /// For sockets, with a short path.
    protected abstract Path scratch();

    protected final QcowLayers layers() {
        return new QcowLayers(scratch());
    }

    @Override
    protected void write(VolumeId volume, int pattern, ByteCount length) {
        LayeredDisk disk = disk(volume);
        disk.willBeWritten();
        Program.run(DEADLINE, qemuIo(disk, "write -P " + pattern + " 0 " + length.bytes()));
    }

    @Override
    protected boolean holds(VolumeId volume, int pattern) {
        Program.Ending ending = Program.end(DEADLINE, qemuIo(disk(volume), "read -P " + pattern + " 0 64k"));
        return ending.exit() == 0 && !ending.output().contains("verification failed");
    }

    /// Hard links are counted once.
    @Override
    protected ByteCount occupied() {
        HostFiles.directory(volumes());
        String said = Program.run(
                DEADLINE,
                List.of("du", "--summarize", "--block-size=1", volumes().toString()));
        return ByteCount.ofBytes(Long.parseLong(said.split("\\s")[0]));
    }

    /// Cut by the agent that has the volume.
    private void cut(VolumeId volume, SnapshotId snapshot) {
        LayeredDisk disk = disk(volume);
        LayerNumber written = disk.active();
        disk.prepare();
        disk.hold(written, snapshot);
        disk.commit(LayeredDisk.Use.BEING_WRITTEN);
    }

    @Test
    void goesOnWithWhatAMachineLeft() {
        VolumeDriver driver = driver();
        Snapshotting able = (Snapshotting) driver;
        VolumeId volume = VolumeId.random();
        List<SnapshotId> snapshots =
                Stream.generate(SnapshotId::random).limit(4).toList();
        driver.create(volume, ByteCount.ofMib(64));
        write(volume, 1);
        able.snapshot(volume, snapshots.get(0));
        write(volume, 2);
        cut(volume, snapshots.get(1));
        write(volume, 3);
        cut(volume, snapshots.get(2));
        write(volume, 4);
        VolumeId copy = VolumeId.random();
        ((Copying) driver).copy(copy, ByteCount.ofMib(64), volume, Optional.of(snapshots.get(1)));
        assertThat(holds(copy, 2)).isTrue();
        // Goes back, as an agent does, to what was there before it had the volume, and lets go of another.
        LayeredDisk disk = disk(volume);
        disk.prepareOn(disk.heldBy(snapshots.get(0)).orElseThrow());
        disk.commit(LayeredDisk.Use.AT_REST);
        disk.release(snapshots.get(2));
        assertThat(holds(volume, 1)).isTrue();
        write(volume, 5);

        able.snapshot(volume, snapshots.get(3));
        write(volume, 6);
        able.revert(volume, snapshots.get(1));
        assertThat(holds(volume, 2)).isTrue();
        able.revert(volume, snapshots.get(3));
        assertThat(holds(volume, 5)).isTrue();
        able.revert(volume, snapshots.get(0));
        assertThat(holds(volume, 1)).isTrue();
        assertThatThrownBy(() -> able.revert(volume, snapshots.get(2))).isInstanceOf(StasisException.class);
    }

    @Test
    void aMachineMayHaveMadeTheVolumeLarger() {
        VolumeDriver driver = driver();
        VolumeId volume = VolumeId.random();
        driver.create(volume, ByteCount.ofMib(64));
        write(volume, 1);
        SnapshotId snapshot = SnapshotId.random();
        cut(volume, snapshot);
        disk(volume).grow(ByteCount.ofMib(128));
        write(volume, 2, ByteCount.ofMib(100));

        ((Snapshotting) driver).revert(volume, snapshot);

        assertThat(driver.size(volume)).isEqualTo(ByteCount.ofMib(128));
        assertThat(holds(volume, 1)).isTrue();
    }

    @Test
    void aFileThatIsGoneHarmsNoOtherVolume() throws IOException {
        VolumeDriver driver = driver();
        VolumeId broken = VolumeId.random();
        VolumeId whole = VolumeId.random();
        driver.create(broken, ByteCount.ofMib(64));
        driver.create(whole, ByteCount.ofMib(64));
        write(whole, 1);
        for (Path file : HostFiles.list(volumes().resolve(broken.toString()))) {
            if (!file.toString().endsWith(".json")) {
                Files.delete(file);
            }
        }

        assertThatThrownBy(() -> ((Snapshotting) driver).snapshot(broken, SnapshotId.random()))
                .isInstanceOf(StasisException.class);
        ((Snapshotting) driver).snapshot(whole, SnapshotId.random());
        assertThat(holds(whole, 1)).isTrue();
        driver.delete(broken);
    }

    protected final LayeredDisk disk(VolumeId volume) {
        return LayeredDisk.open(volumes().resolve(volume.toString()), layers());
    }

    private static List<String> qemuIo(LayeredDisk disk, String command) {
        return List.of(
                "qemu-io", "-f", "qcow2", "-c", command, disk.activeFile().toString());
    }

    /// A `qemu-nbd` that serves the volume for writing, as QEMU would have it open.
    @Override
    protected AutoCloseable inUse(VolumeId volume) {
        Path socket = scratch().resolve("user.sock");
        Path active = disk(volume).activeFile();
        try {
            Process user = new ProcessBuilder(
                            "qemu-nbd", "-f", "qcow2", "--persistent", "--socket=" + socket, active.toString())
                    .start();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
            while (!Files.exists(socket)) {
                if (!user.isAlive() || System.nanoTime() > end) {
                    throw new IllegalStateException("qemu-nbd did not start");
                }
                Thread.onSpinWait();
            }
            return () -> {
                user.destroy();
                user.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
                Files.deleteIfExists(socket);
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
