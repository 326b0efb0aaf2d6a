package cloud.stasis.compute.watchdog;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.InstanceId;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/// A shell and `virsh` in a session of their own (`watchdog.sh`), so that neither a kill of the agent nor of its
/// process group reaches them.
public final class ShellWatchdog implements Watchdog {
    private static final Logger LOG = Logger.getLogger(ShellWatchdog.class);

    private static final String SCRIPT = script();
    private static final String FIRED = ".fired";
    private static final String CANCELLED = ".cancelled";

    private final Path directory;
    private final URI libvirt;
    private final Map<WatchdogHandle, Process> running = new ConcurrentHashMap<>();

    /// @param directory for the tokens
    public ShellWatchdog(Path directory, URI libvirt) {
        this.directory = directory;
        this.libvirt = libvirt;
    }

    @Override
    public WatchdogHandle handle() {
        return new WatchdogHandle("watchdog-" + UUID.randomUUID().toString().substring(0, 13));
    }

    @Override
    public void guard(WatchdogHandle handle, InstanceId instance, Rescue rescue, Duration deadline) {
        try {
            Path token = Files.createFile(token(handle));
            Process process = new ProcessBuilder(
                            "setsid",
                            "bash",
                            "-c",
                            SCRIPT,
                            "stasis-watchdog",
                            token.toString(),
                            Long.toString(deadline.toSeconds()),
                            libvirt.toString(),
                            instance.toString(),
                            rescue.name())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            running.put(handle, process);
        } catch (IOException e) {
            throw new StasisException(
                    ErrorCode.HYPERVISOR_UNAVAILABLE, "the watchdog could not be started; nothing was frozen", e);
        }
    }

    @Override
    public boolean cancel(WatchdogHandle handle) {
        Process process = running.remove(handle);
        boolean inTime = tookToken(handle);
        if (process != null && inTime) {
            process.destroy();
        }
        if (!inTime) {
            LOG.warnf("A watchdog was faster than the agent watchdog=%s", handle.name());
        }
        return inTime;
    }

    private boolean tookToken(WatchdogHandle handle) {
        Path token = token(handle);
        Path cancelled = token.resolveSibling(handle.name() + CANCELLED);
        try {
            Files.move(token, cancelled, StandardCopyOption.ATOMIC_MOVE);
            HostFiles.delete(cancelled);
            return true;
        } catch (NoSuchFileException e) {
            return !Files.exists(token.resolveSibling(handle.name() + FIRED));
        } catch (IOException e) {
            throw HostFiles.failure("call the watchdog off", e);
        }
    }

    private Path token(WatchdogHandle handle) {
        return directory.resolve(handle.name());
    }

    private static String script() {
        try (InputStream resource = ShellWatchdog.class.getResourceAsStream("watchdog.sh")) {
            if (resource == null) {
                throw new IllegalStateException("watchdog.sh is missing from the jar");
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("watchdog.sh cannot be read", e);
        }
    }
}
