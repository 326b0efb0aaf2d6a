package cloud.stasis.image.blob.local;

import cloud.stasis.chunks.BulkFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Puts files in place so that each is there whole and durable, or not at all.
final class DurableFiles {
    private final Path temporary;
    private final Consumer<WritePoint> reached;
    private final AtomicLong next = new AtomicLong();

    /// @param temporary a folder on the same file system as all targets, for nobody else
    DurableFiles(Path temporary, Consumer<WritePoint> reached) {
        this.temporary = temporary;
        this.reached = reached;
    }

    /// Writes `bytes` to `target`, replacing what is there.
    void write(Path target, byte[] bytes) throws IOException {
        Path file = temporary.resolve(next.incrementAndGet() + "." + target.getFileName());
        try {
            try (BulkFile bulk = BulkFile.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                reached.accept(WritePoint.CREATED);
                bulk.write(bytes, 0, bytes.length, 0);
                reached.accept(WritePoint.WRITTEN);
                bulk.force();
                reached.accept(WritePoint.SYNCED);
            }
            Files.move(file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
        reached.accept(WritePoint.RENAMED);
        syncFolder(target);
        reached.accept(WritePoint.DURABLE);
    }

    /// Removes `target` if it is there.
    void remove(Path target) throws IOException {
        reached.accept(WritePoint.REMOVING);
        Files.deleteIfExists(target);
        reached.accept(WritePoint.REMOVED);
        syncFolder(target);
    }

    /// Moves a file, replacing what is there.
    void move(Path file, Path target) throws IOException {
        reached.accept(WritePoint.MOVING);
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        reached.accept(WritePoint.MOVED);
        syncFolder(target);
        syncFolder(file);
    }

    /// Makes it durable that `target` is, or is no longer, in its folder.
    void syncFolder(Path target) throws IOException {
        try (FileChannel folder = FileChannel.open(target.getParent())) {
            folder.force(true);
        }
    }
}
