package cloud.stasis.image.blob.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Where one service writes files before they are renamed to their places. A lock says that it lives; what the
/// dead left is removed by whoever comes next.
final class TemporaryFolder implements AutoCloseable {
    static final String ALIVE = "alive";

    /// To close a file is to give up every lock on it: nobody in this process touches those of the others in it.
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel alive;

    private TemporaryFolder(Path folder, FileChannel alive) {
        this.folder = folder;
        this.alive = alive;
    }

    /// To be called by one at a time.
    static TemporaryFolder in(Path parent) throws IOException {
        Path real = parent.toRealPath();
        for (Path left : StoreFolders.children(real)) {
            if (!OURS.contains(left)) {
                removeIfDead(left);
            }
        }
        Path folder = Files.createDirectory(real.resolve(UUID.randomUUID().toString()));
        OURS.add(folder);
        FileChannel alive =
                FileChannel.open(folder.resolve(ALIVE), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        alive.lock();
        return new TemporaryFolder(folder, alive);
    }

    Path path() {
        return folder;
    }

    @Override
    public void close() throws IOException {
        alive.close();
        remove(folder);
        OURS.remove(folder);
    }

    private static void removeIfDead(Path left) throws IOException {
        if (!Files.isDirectory(left)) {
            // Of a release that knew of one service only.
            Files.deleteIfExists(left);
            return;
        }
        try (FileChannel channel = FileChannel.open(left.resolve(ALIVE), StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                remove(left);
            }
        } catch (NoSuchFileException e) {
            // Killed before it had one; folders are made by one at a time.
            remove(left);
        }
    }

    private static void remove(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            return;
        }
        Files.deleteIfExists(folder);
    }
}
