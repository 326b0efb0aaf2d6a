package cloud.stasis.testkit;

import static org.assertj.core.api.Assumptions.assumeThat;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.Program;
import cloud.stasis.disks.Reflink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A file system whose files can share blocks, in a file: XFS on a loop device. Where a machine has no loop
/// devices the tests that need one are told as skipped.
public record ReflinkVolume(Path directory, Path image, Path mount) implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String SIZE = "6G";

    public static ReflinkVolume make() {
        try {
            Path parent = Files.createDirectories(Path.of("/var/tmp/stasis-reflink-it"));
            HostFiles.directory(parent);
            Path directory = HostFiles.directory(Files.createTempDirectory(parent, "x"));
            ReflinkVolume volume = new ReflinkVolume(directory, directory.resolve("xfs.img"), directory.resolve("mnt"));
            HostFiles.directory(volume.mount);
            run("truncate", "-s", SIZE, volume.image.toString());
            run("mkfs.xfs", "-q", "-m", "reflink=1", volume.image.toString());
            Program.Ending mounted = Program.end(
                    DEADLINE, List.of("mount", "-o", "loop", volume.image.toString(), volume.mount.toString()));
            if (mounted.exit() != 0) {
                HostFiles.deleteTree(directory);
            }
            assumeThat(mounted.exit())
                    .as("loop devices: " + mounted.complaint())
                    .isZero();
            HostFiles.directory(volume.mount);
            assumeThat(Reflink.isPossibleIn(volume.mount)).isTrue();
            return volume;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void run(String... command) {
        Program.run(DEADLINE, List.of(command));
    }

    @Override
    public void close() {
        // What a killed service has open stays open until its threads are gone.
        run("umount", "--lazy", mount.toString());
        HostFiles.deleteTree(directory);
    }
}
