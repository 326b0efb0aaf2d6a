package cloud.stasis.launcher.parts;

import cloud.stasis.launcher.settings.LaunchException;
import cloud.stasis.launcher.settings.Mebibytes;
import cloud.stasis.launcher.settings.Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// The file system for the memory of guests. Snapshots with memory are fast where files can share blocks (XFS,
/// btrfs); where those of the home cannot, an XFS image in one file is mounted in their place.
///
/// ```
/// memory.xfs       the image; its blocks are reserved when it is made, since a guest whose RAM cannot be written dies
/// compute/memory   where it is mounted, as long as the cloud runs
/// ```
///
/// `STASIS_REFLINK`: `auto` goes on without where it cannot be done, and says why; `on` ends then; `off` does
/// nothing.
public final class MemoryVolume {
    private static final String SETTING = "STASIS_REFLINK";
    private static final String SIZE_SETTING = "STASIS_REFLINK_MIB";
    /// A quarter of what is free, but no more than this.
    private static final int MAX_MIB = 16 * 1024;

    /// XFS refuses less than 300 MiB, and less than this serves no guest.
    private static final int MIN_MIB = 1024;

    private static final int SHARE_OF_FREE = 4;
    private static final int BYTES_OF_MIB = 20;
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    /// As every directory above disks: QEMU's user may pass through.
    private static final String PASSABLE = "rwx--x--x";

    private final Settings settings;
    private final Path directory;
    private final Path image;
    private final PrintStream out;

    public MemoryVolume(Settings settings, PrintStream out) {
        this.settings = settings;
        this.directory = settings.home().compute().resolve("memory");
        this.image = settings.home().root().resolve("memory.xfs");
        this.out = out;
    }

    /// Sees to it that files of the directory can share blocks, if that is wanted and possible.
    synchronized void mount() {
        String wanted = settings.text(SETTING, "auto").toLowerCase(Locale.ROOT);
        if (!List.of("auto", "on", "off").contains(wanted)) {
            throw new LaunchException(SETTING + " is auto, on or off, not \"" + wanted + "\".");
        }
        try {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(PASSABLE));
            if (wanted.equals("off") || canShare()) {
                return;
            }
            String obstacle = mountImage();
            if (obstacle.isEmpty()) {
                return;
            }
            if (wanted.equals("on")) {
                throw new LaunchException("Memory cannot be shared between files (" + SETTING + "=on): " + obstacle);
            }
            out.printf("%-16s snapshots with memory take the standard way: %s%n", "memory", obstacle);
        } catch (IOException e) {
            throw new LaunchException("Cannot prepare " + directory + ": " + e, e);
        }
    }

    /// Succeeds also if guests still use it: then it stays.
    public void unmount() {
        if (Files.exists(image) && run("mountpoint", "-q", directory.toString()).isEmpty()) {
            run("umount", directory.toString());
        }
    }

    private boolean canShare() throws IOException {
        Path probe = Files.createTempFile(directory, ".reflink", "");
        Path copy = probe.resolveSibling(probe.getFileName() + "-copy");
        try {
            Files.writeString(probe, "reflink");
            return run("cp", "--reflink=always", probe.toString(), copy.toString())
                    .isEmpty();
        } finally {
            Files.deleteIfExists(copy);
            Files.delete(probe);
        }
    }

    /// @return what stands in the way; empty if it is mounted
    private String mountImage() throws IOException {
        try (var entries = Files.list(directory)) {
            if (entries.findAny().isPresent()) {
                return directory + " is in use; stop and delete the servers first";
            }
        }
        String made = Files.exists(image) ? "" : make();
        if (!made.isEmpty()) {
            return made;
        }
        // Directly to the disk, so that the guests' memory is not in the page cache twice. A guest that libvirt gave a
        // view of the mounts of its own keeps the device after an unmount, and it must not be attached twice.
        String mounted = run(
                "sh",
                "-c",
                "device=$(losetup --noheadings --output NAME --associated \"$1\" | head -n 1)"
                        + "; [ -n \"$device\" ] || device=$(losetup --find --show --direct-io=on \"$1\")"
                        + "; [ -n \"$device\" ] && mount -o noatime \"$device\" \"$2\""
                        + "; result=$?; losetup --detach \"$device\"; exit $result",
                "mount",
                image.toString(),
                directory.toString());
        if (!mounted.isEmpty()) {
            return "no loop device could be mounted (" + mounted + ")";
        }
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(PASSABLE));
        return "";
    }

    private String make() throws IOException {
        long free = Files.getFileStore(image.getParent()).getUsableSpace() >> BYTES_OF_MIB;
        int standard = (int) Math.min(MAX_MIB, free / SHARE_OF_FREE);
        if (standard < MIN_MIB) {
            return "there are only " + free + " MiB free";
        }
        Mebibytes size = settings.memory(SIZE_SETTING, new Mebibytes(standard));
        Path draft = image.resolveSibling("memory.xfs.new");
        Files.deleteIfExists(draft);
        String obstacle = run("fallocate", "-l", size.count() + "MiB", draft.toString());
        if (obstacle.isEmpty()) {
            obstacle = run("mkfs.xfs", "-q", "-m", "reflink=1", draft.toString());
        }
        if (!obstacle.isEmpty()) {
            Files.deleteIfExists(draft);
            return "no XFS image could be made (" + obstacle + ")";
        }
        Files.move(draft, image);
        return "";
    }

    /// @return what it complained of; empty if it succeeded
    private static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(DEADLINE)) {
                process.destroyForcibly();
                return command[0] + " did not end";
            }
            return process.exitValue() == 0 ? "" : said.isEmpty() ? command[0] + " failed" : said;
        } catch (IOException e) {
            return command[0] + " is not installed";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchException("Interrupted while preparing the memory of guests.", e);
        }
    }
}
