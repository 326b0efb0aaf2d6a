package cloud.stasis.launcher;

import cloud.stasis.launcher.parts.Part;
import cloud.stasis.launcher.parts.Part.Sharing;
import cloud.stasis.launcher.parts.PartName;
import cloud.stasis.launcher.parts.PartName.Stage;
import cloud.stasis.launcher.process.PortHolder;
import cloud.stasis.launcher.process.ProcessMark;
import cloud.stasis.launcher.process.ProcessTable;
import cloud.stasis.launcher.process.ProcessUsage;
import cloud.stasis.launcher.process.Waiting;
import cloud.stasis.launcher.settings.LaunchException;
import cloud.stasis.launcher.settings.Port;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Brings parts up and down. What is wanted is compared with what runs, so every call may be repeated:
///
/// ```
/// up    for each stage: start what does not run, wait until all of the stage is ready
/// down  services, then foundations: ask to end, then make end; never what somebody else started
/// ```
final class Cloud {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int LOG_LINES_SHOWN = 25;

    private final List<Part> parts;
    private final ProcessTable processes;
    private final PrintStream out;

    Cloud(List<Part> parts, ProcessTable processes, PrintStream out) {
        this.parts = List.copyOf(parts);
        this.processes = processes;
        this.out = out;
    }

    /// Returns when all of them are ready.
    ///
    /// @return how many had to be started
    int up(Set<PartName> wanted) {
        Set<PartName> started = Collections.synchronizedSet(EnumSet.noneOf(PartName.class));
        for (Stage stage : Stage.values()) {
            inParallel(selected(wanted, stage), part -> {
                if (ensureReady(part)) {
                    started.add(part.name());
                }
            });
        }
        return started.size();
    }

    void down(Set<PartName> wanted) {
        for (Stage stage : List.of(Stage.SERVICE, Stage.FOUNDATION)) {
            inParallel(selected(wanted, stage), this::stop);
        }
    }

    List<PartStatus> status() {
        List<PartStatus> rows = Collections.synchronizedList(new ArrayList<>());
        inParallel(parts, part -> rows.add(status(part)));
        return rows.stream()
                .sorted(Comparator.comparing(row -> row.part().name()))
                .toList();
    }

    /// CPU that the running parts have used since they started.
    Duration processorTime() {
        return parts.stream()
                .flatMap(part -> usage(part).stream())
                .map(ProcessUsage::processorTime)
                .reduce(Duration.ZERO, Duration::plus);
    }

    private boolean ensureReady(Part part) {
        String name = part.name().toString();
        boolean start = processes.find(name).isEmpty();
        if (start && part.sharing() == Sharing.MACHINE && part.readiness().ready()) {
            report(name, "runs already, used as it is");
            return false;
        }
        long begin = System.nanoTime();
        if (start) {
            part.ports().forEach(Cloud::requireFree);
            processes.start(name, part.prepare().get());
        }
        awaitReady(part);
        report(
                name,
                start
                        ? String.format(Locale.ROOT, "ready after %.1f s", (System.nanoTime() - begin) / 1e9)
                        : "runs already");
        return start;
    }

    private void awaitReady(Part part) {
        String name = part.name().toString();
        boolean settled = Waiting.until(
                part.startDeadline(),
                POLL,
                () -> processes.find(name).isEmpty() || part.readiness().ready());
        if (processes.find(name).isEmpty()) {
            throw new LaunchException(name + " ended while it was starting. Its last lines:\n" + lastLines(name));
        }
        if (!settled) {
            throw new LaunchException(name + " runs but is not ready after "
                    + part.startDeadline().toSeconds() + " s. Its last lines:\n" + lastLines(name));
        }
    }

    private void stop(Part part) {
        String name = part.name().toString();
        if (processes.find(name).isPresent()) {
            processes.stop(name, part.stopGrace());
            report(name, "stopped");
        }
    }

    private PartStatus status(Part part) {
        Optional<ProcessMark> mark = processes.find(part.name().toString());
        boolean ready = part.readiness().ready();
        PartState state;
        if (mark.isPresent()) {
            state = ready ? PartState.READY : PartState.NOT_READY;
        } else {
            state = ready && part.sharing() == Sharing.MACHINE ? PartState.SHARED : PartState.STOPPED;
        }
        return new PartStatus(part, state, mark, usage(part));
    }

    private Optional<ProcessUsage> usage(Part part) {
        String name = part.name().toString();
        return processes.find(name).flatMap(mark -> mark.usageOfDaemon(name));
    }

    private static void requireFree(Port port) {
        if (!PortHolder.free(port)) {
            String holder = PortHolder.describe(port).map(text -> " by " + text).orElse("");
            throw new LaunchException("Port " + port.number() + " (" + port.name() + ") is taken" + holder
                    + ". End that process, or choose another port with "
                    + port.name().variable() + ".");
        }
    }

    private List<Part> selected(Set<PartName> wanted, Stage stage) {
        return parts.stream()
                .filter(part -> wanted.contains(part.name()) && part.name().stage() == stage)
                .toList();
    }

    /// All are tried, then the failures are told together; what did start keeps running for the next try.
    private static void inParallel(List<Part> parts, Consumer<Part> work) {
        Queue<LaunchException> failures = new ConcurrentLinkedQueue<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Part part : parts) {
                threads.execute(() -> {
                    try {
                        work.accept(part);
                    } catch (LaunchException e) {
                        failures.add(e);
                    } catch (RuntimeException e) {
                        failures.add(new LaunchException(part.name() + ": " + e, e));
                    }
                });
            }
        }
        if (!failures.isEmpty()) {
            throw new LaunchException(
                    failures.stream().map(LaunchException::getMessage).collect(Collectors.joining("\n")));
        }
    }

    private String lastLines(String name) {
        Path log = processes.log(name);
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()))
                    + "\n(all of it: " + log + ")";
        } catch (IOException e) {
            return "(no log at " + log + ")";
        }
    }

    private void report(String name, String what) {
        out.printf("%-16s %s%n", name, what);
    }
}
