package cloud.stasis.launcher.process;

import cloud.stasis.launcher.settings.Home;
import cloud.stasis.launcher.settings.LaunchException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The processes of one home, by name: `run/NAME.pid` says who it is, `log/NAME.log` what it said.
public final class ProcessTable {
    /// Marks itself, then becomes the real thing; pid and start time stay the same over exec.
    private static final String MARK_AND_BECOME = """
            printf '%s %s %s\\n' "$$" "$(cut -d' ' -f22 /proc/$$/stat)" "$(cat /proc/sys/kernel/random/boot_id)" > "$0.new" \
            && mv "$0.new" "$0" && exec "$@"
            """;

    /// A log that has grown beyond this is set aside at the next start; one older generation is kept.
    private static final long LOG_LIMIT_BYTES = 32L << 20;

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration KILL_DEADLINE = Duration.ofSeconds(10);

    /// From fork to pid file: three small programs on a machine that may be busy.
    private static final Duration MARK_DEADLINE = Duration.ofSeconds(10);

    private final Home home;

    public ProcessTable(Home home) {
        this.home = home;
    }

    /// The process of this name that we started and that still runs.
    public Optional<ProcessMark> find(String name) {
        return ProcessMark.read(pidFile(name)).filter(ProcessMark::alive);
    }

    /// Starts a process in a session of its own: neither the terminal's hang-up nor our end reaches it.
    public void start(String name, Launch launch) {
        List<String> command = new ArrayList<>(
                List.of("setsid", "sh", "-c", MARK_AND_BECOME, pidFile(name).toString()));
        command.addAll(launch.command());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.root().toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()));
        builder.environment().putAll(launch.environment());
        try {
            Files.deleteIfExists(pidFile(name));
            setGrownLogAside(name);
            Process process = builder.start();
            Waiting.until(MARK_DEADLINE, POLL, () -> Files.exists(pidFile(name)) || !process.isAlive());
        } catch (IOException e) {
            throw new LaunchException("Cannot start " + name + ": " + e.getMessage(), e);
        }
    }

    /// Asks it to end, and after the grace makes it end. Nothing happens when it does not run.
    public void stop(String name, Duration grace) {
        Optional<ProcessMark> running = find(name);
        if (running.isPresent()) {
            ProcessMark mark = running.get();
            signal(mark, ProcessHandle::destroy);
            if (!awaitEnd(mark, grace)) {
                signal(mark, ProcessHandle::destroyForcibly);
                if (!awaitEnd(mark, KILL_DEADLINE)) {
                    throw new LaunchException(name + " (pid " + mark.pid() + ") did not end, not even when killed.");
                }
            }
        }
        try {
            Files.deleteIfExists(pidFile(name));
        } catch (IOException e) {
            throw new LaunchException("Cannot remove " + pidFile(name) + ": " + e, e);
        }
    }

    public Path log(String name) {
        return home.log().resolve(name + ".log");
    }

    private Path pidFile(String name) {
        return home.run().resolve(name + ".pid");
    }

    private void setGrownLogAside(String name) throws IOException {
        Path log = log(name);
        if (Files.exists(log) && Files.size(log) > LOG_LIMIT_BYTES) {
            Files.move(log, log.resolveSibling(name + ".log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void signal(ProcessMark mark, Consumer<ProcessHandle> how) {
        if (mark.alive()) {
            ProcessHandle.of(mark.pid()).ifPresent(how);
        }
    }

    private static boolean awaitEnd(ProcessMark mark, Duration deadline) {
        return Waiting.until(deadline, POLL, () -> !mark.alive());
    }
}
