import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a step takes, in this process and another one together.
final class Cost {
    private static final double TICKS = 100;

    /// Answers with more JSON, from its comma on.
    @FunctionalInterface
    interface Step {
        String run() throws Exception;
    }

    private Cost() {}

    /// Runs a step and says as JSON what it took.
    ///
    /// @param other the process id of the other one
    static String of(long other, Step step) throws Exception {
        long self = ProcessHandle.current().pid();
        Files.writeString(Path.of("/proc/self/clear_refs"), "5");
        Files.writeString(Path.of("/proc/" + other + "/clear_refs"), "5");
        double cpuBefore = cpu(other);
        double ownBefore = cpu(self);
        long begin = System.nanoTime();
        String more = step.run();
        return "{\"wall_s\":%.3f,\"cpu_s\":%.2f,\"client_cpu_s\":%.2f,\"peak_mib\":%.0f,\"client_peak_mib\":%.0f%s}"
                .formatted(
                        (System.nanoTime() - begin) / 1e9,
                        cpu(other) - cpuBefore + cpu(self) - ownBefore,
                        cpu(self) - ownBefore,
                        peak(other) + peak(self),
                        peak(self),
                        more);
    }

    private static double cpu(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(words[11]) + Long.parseLong(words[12])) / TICKS;
    }

    private static double peak(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                .sum();
    }
}
