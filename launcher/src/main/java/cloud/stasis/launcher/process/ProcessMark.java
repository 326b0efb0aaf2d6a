package cloud.stasis.launcher.process;

import cloud.stasis.launcher.settings.LaunchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Which process is meant: its pid, the tick at which it started, and the boot of the machine in which both are
/// valid.
public record ProcessMark(long pid, long startTick, String boot) {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /// What a pid file says; empty when there is none or nothing sensible in it.
    public static Optional<ProcessMark> read(Path file) {
        try {
            String[] words = Files.readString(file).strip().split(" ");
            return words.length == 3
                    ? Optional.of(new ProcessMark(Long.parseLong(words[0]), Long.parseLong(words[1]), words[2]))
                    : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /// The process, if it still runs. One that has ended but was not reaped yet does not run.
    public Optional<ProcessUsage> usage() {
        return bootId().equals(boot)
                ? ProcessUsage.of(pid).filter(usage -> usage.startTick() == startTick)
                : Optional.empty();
    }

    public boolean alive() {
        return usage().isPresent();
    }

    /// The usage of the daemon that runs under this process (a reaper), else this process's own.
    public Optional<ProcessUsage> usageOfDaemon(String command) {
        return usage().map(own -> ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::children)
                .filter(child -> child.info()
                        .command()
                        .filter(path -> path.endsWith("/" + command))
                        .isPresent())
                .flatMap(child -> ProcessUsage.of(child.pid()).stream())
                .findFirst()
                .orElse(own));
    }

    private static String bootId() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            throw new LaunchException("Cannot read " + BOOT_ID + ": " + e, e);
        }
    }
}
