package cloud.stasis.volume.driver.qcow2dir;

import cloud.stasis.disks.LayeredDisk;
import cloud.stasis.disks.Program;
import cloud.stasis.disks.QcowLayers;
import cloud.stasis.model.VolumeId;
import cloud.stasis.volume.driver.VolumeDriver;
import cloud.stasis.volume.driver.VolumeDriverContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;

class Qcow2DirDriverIT extends VolumeDriverContract {
    private static final long DEADLINE_SECONDS = 30;
    private static final Duration DEADLINE = Duration.ofSeconds(DEADLINE_SECONDS);

    @TempDir
    Path directory;

    @Override
    protected VolumeDriver driver() {
        return new Qcow2DirDriver(directory.resolve("volumes"), new QcowLayers(directory));
    }

    @Override
    protected void write(VolumeId volume, int pattern) {
        LayeredDisk disk = disk(volume);
        disk.willBeWritten();
        Program.run(DEADLINE, qemuIo(disk, "write -P " + pattern + " 0 64k"));
    }

    @Override
    protected boolean holds(VolumeId volume, int pattern) {
        Program.Ending ending = Program.end(DEADLINE, qemuIo(disk(volume), "read -P " + pattern + " 0 64k"));
        return ending.exit() == 0 && !ending.output().contains("verification failed");
    }

    private LayeredDisk disk(VolumeId volume) {
        return LayeredDisk.open(directory.resolve("volumes").resolve(volume.toString()), new QcowLayers(directory));
    }

    private static List<String> qemuIo(LayeredDisk disk, String command) {
        return List.of(
                "qemu-io", "-f", "qcow2", "-c", command, disk.activeFile().toString());
    }

    /// A `qemu-nbd` that serves the volume for writing, as QEMU would have it open.
    @Override
    protected AutoCloseable inUse(VolumeId volume) {
        Path socket = directory.resolve("user.sock");
        Path active = directory.resolve("volumes").resolve(volume.toString()).resolve("0.qcow2");
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
