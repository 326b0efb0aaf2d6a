package cloud.stasis.compute.watchdog;

import cloud.stasis.disks.HostFiles;
import cloud.stasis.disks.Outliving;
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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/// A shell and `virsh` in a session of their own (`watchdog.sh`), so that neither a kill of the agent nor of its
/// process group reaches them; in a container, moved out of it.
public final class ShellWatchdog implements Watchdog {
    private static final Logger LOG = Logger.getLogger(ShellWatchdog.class);

    private static final String SCRIPT = script();
    private static final String FIRED = ".fired";
    private static final String CANCELLED = ".cancelled";
    private static final String STOPPED = ".stopped";

    /// Longer than the jobs that hold a domain, and than a restart of libvirt.
    private static final int TRIES = 60;

    private static final Duration APART = Duration.ofSeconds(10);

    private final Path directory;
    private final URI libvirt;
    private final Outliving outliving;
    private final int tries;
    private final Duration apart;
    private final Map<WatchdogHandle, Process> running = new ConcurrentHashMap<>();

    /// @param directory for the tokens
    public ShellWatchdog(Path directory, URI libvirt, Outliving outliving) {
        this(directory, libvirt, outliving, TRIES, APART);
    }

    /// @param tries a second apart
    /// @param apart what lies between later ones
    ShellWatchdog(Path directory, URI libvirt, Outliving outliving, int tries, Duration apart) {
        this.directory = directory;
        this.libvirt = libvirt;
        this.outliving = outliving;
        this.tries = tries;
        this.apart = apart;
    }

    @Override
    public WatchdogHandle handle() {
        return new WatchdogHandle("watchdog-" + UUID.randomUUID().toString().substring(0, 13));
    }

    @Override
    public void guard(WatchdogHandle handle, InstanceId instance, Rescue rescue, Duration deadline) {
        try {
            Path token = Files.createFile(token(handle));
            Process process = new ProcessBuilder(outliving.command(List.of(
                            "setsid",
                            "bash",
                            "-c",
                            SCRIPT,
                            "stasis-watchdog",
                            token.toString(),
                            Long.toString(deadline.toSeconds()),
                            libvirt.toString(),
                            instance.toString(),
                            rescue.name(),
                            Integer.toString(tries),
                            Long.toString(apart.toSeconds()))))
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
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
        if (!inTime) {
            stop(handle);
            LOG.warnf("A watchdog was faster than the agent watchdog=%s", handle.name());
        }
        return inTime;
    }

    private boolean tookToken(WatchdogHandle handle) {
        Path token = token(handle);
        Path cancelled = beside(handle, CANCELLED);
        try {
            Files.move(token, cancelled, StandardCopyOption.ATOMIC_MOVE);
            HostFiles.delete(cancelled);
            return true;
        } catch (NoSuchFileException e) {
            return !Files.exists(beside(handle, FIRED)) && !Files.exists(beside(handle, STOPPED));
        } catch (IOException e) {
            throw HostFiles.failure("call the watchdog off", e);
        }
    }

    /// One that could not rescue yet goes on trying, also that of a former process: it would come into the way of
    /// what is done next.
    private void stop(WatchdogHandle handle) {
        try {
            Files.move(beside(handle, FIRED), beside(handle, STOPPED), StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            // It was stopped before.
        } catch (IOException e) {
            throw HostFiles.failure("stop the watchdog", e);
        }
    }

    private Path token(WatchdogHandle handle) {
        return directory.resolve(handle.name());
    }

    private Path beside(WatchdogHandle handle, String ending) {
        return directory.resolve(handle.name() + ending);
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
