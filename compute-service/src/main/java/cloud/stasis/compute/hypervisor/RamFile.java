package cloud.stasis.compute.hypervisor;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.model.ByteCount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/// The file that is the RAM of a running machine: whatever the guest writes to its memory, the kernel writes
/// there sooner or later.
public record RamFile(Path file) {
    /// A guest that writes all the time leaves something dirty whenever one looks; what is left after a round
    /// that was as short as this is written in the pause.
    private static final Duration SHORT = Duration.ofMillis(60);

    private static final int MAX_ROUNDS = 4;

    /// Makes RAM of zeros; RAM that was there is dropped.
    public void create(ByteCount size) {
        HostFiles.delete(file);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.allocate(1), size.bytes() - 1);
        } catch (IOException e) {
            throw HostFiles.failure("make the memory of the instance", e);
        }
    }

    /// Writes what is dirty to the disk, again and again until little is left.
    public void flush() {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int round = 0; round < MAX_ROUNDS; round++) {
                long before = System.nanoTime();
                channel.force(false);
                if (System.nanoTime() - before < SHORT.toNanos()) {
                    return;
                }
            }
        } catch (IOException e) {
            throw HostFiles.failure("flush the memory of the instance", e);
        }
    }
}
