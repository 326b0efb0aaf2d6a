package cloud.stasis.disks;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/// Files and directories of a host, with failures in our own words.
public final class HostFiles {
    /// Others may pass through, so that the user that QEMU runs as reaches the disks inside, but may not list.
    private static final String PASS_THROUGH = "rwx--x--x";

    private static final String READ_ONLY = "r--r--r--";

    private HostFiles() {}

    /// Makes a directory, with those above it, that QEMU's user can pass through.
    public static Path directory(Path directory) {
        try {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(PASS_THROUGH));
            return directory;
        } catch (IOException e) {
            throw failure("make a directory", e);
        }
    }

    /// Into which nobody else looks.
    public static Path closedDirectory(Path directory) {
        try {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            return directory;
        } catch (IOException e) {
            throw failure("make a directory", e);
        }
    }

    /// What is in a directory, in order; nothing if it is not there.
    public static List<Path> list(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw failure("list a directory", e);
        }
    }

    /// Nobody writes the file any more; QEMU's user may read it.
    public static void readOnly(Path file) {
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(READ_ONLY));
        } catch (IOException e) {
            throw failure("change the mode of " + file.getFileName(), e);
        }
    }

    /// Gives a file a second name, whatever had that before.
    public static void link(Path file, Path as) {
        try {
            delete(as);
            Files.createLink(as, file);
        } catch (IOException e) {
            throw failure("share " + file.getFileName(), e);
        }
    }

    public static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failure("remove " + file.getFileName(), e);
        }
    }

    /// Returns when the file is on the disk and not only in the host's memory.
    public static void sync(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (IOException e) {
            throw failure("write " + file.getFileName() + " to the disk", e);
        }
    }

    /// Removes a directory with all that is in it; no symbolic link is followed. Succeeds if it is not there.
    public static void deleteTree(Path directory) {
        if (!Files.exists(directory, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(
                        Path emptied, @org.jspecify.annotations.Nullable IOException e) throws IOException {
                    Files.deleteIfExists(emptied);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw failure("remove the directory " + directory.getFileName(), e);
        }
    }

    /// What an input or output error on this host's disks means to a caller.
    public static StasisException failure(String attempted, IOException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("No space left on device") || message.contains("Disk quota exceeded")) {
            return new StasisException(ErrorCode.NO_SPACE, "could not " + attempted + ": the host's disk is full", e);
        }
        return new StasisException(ErrorCode.INTERNAL, "could not " + attempted + ": the host's disk failed", e);
    }
}
