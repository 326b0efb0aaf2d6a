package cloud.stasis.image.blob.local;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Lets one thread of one process at a time compare and set. The lock is one of the file system, which a dead
/// process cannot hold; it is taken for a few milliseconds each time. The file system of a directory that
/// several machines share has to have locks between machines, as NFS version 4 does.
final class StoreLock {
    /// Longer than any disk takes for two syncs, unless it is ill.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration PAUSE = Duration.ofMillis(2);

    /// A lock of the file system is the whole process's, and goes when any channel on the file is closed.
    private static final ConcurrentHashMap<Path, ReentrantLock> IN_THIS_PROCESS = new ConcurrentHashMap<>();

    private static final String NAME = "lock";

    private final Path file;
    private final ReentrantLock mutex;

    /// Something that touches the disk.
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    /// @param folder in which the file lies that is locked
    StoreLock(Path folder) throws IOException {
        this.file = folder.resolve(NAME);
        this.mutex = IN_THIS_PROCESS.computeIfAbsent(folder.toRealPath(), _ -> new ReentrantLock());
    }

    void alone(Step step) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            if (!mutex.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw busy();
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                try (FileLock _ = lock(channel, deadline)) {
                    step.run();
                }
            } finally {
                mutex.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "waiting for the lock of the store was interrupted", e);
        }
    }

    private static FileLock lock(FileChannel channel, long deadline) throws IOException, InterruptedException {
        while (true) {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return lock;
            }
            if (System.nanoTime() - deadline > 0) {
                throw busy();
            }
            Thread.sleep(PAUSE);
        }
    }

    private static StasisException busy() {
        return new StasisException(
                ErrorCode.STORE_UNAVAILABLE,
                "somebody holds the lock of the store for too long: look for a stopped process or an ill disk");
    }
}
