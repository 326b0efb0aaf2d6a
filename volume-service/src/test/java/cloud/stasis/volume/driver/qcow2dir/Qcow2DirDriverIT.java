package cloud.stasis.volume.driver.qcow2dir;

import cloud.stasis.disks.QcowLayers;
import cloud.stasis.model.VolumeId;
import cloud.stasis.volume.driver.VolumeDriver;
import cloud.stasis.volume.driver.VolumeDriverContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;

class Qcow2DirDriverIT extends VolumeDriverContract {
    private static final long DEADLINE_SECONDS = 30;

    @TempDir
    Path directory;

    @Override
    protected VolumeDriver driver() {
        return new Qcow2DirDriver(directory.resolve("volumes"), new QcowLayers(directory));
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
