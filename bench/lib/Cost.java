import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What a step takes, in its clients and the service together.
final class Cost {
    private static final double TICKS = 100;

    /// Answers with more JSON, from its comma on.
    @FunctionalInterface
    interface Step {
        String run() throws Exception;
    }

    private Cost() {}

    /// Runs a step of which this process is the client and says as JSON what it took.
    ///
    /// @param service its process id
    static String of(long service, Step step) throws Exception {
        return of(List.of(ProcessHandle.current().pid()), service, step);
    }

    /// @param clients the process ids of those that carry the step out
    static String of(List<Long> clients, long service, Step step) throws Exception {
        for (long process : clients) {
            forgetPeak(process);
        }
        forgetPeak(service);
        double serviceBefore = cpu(service);
        double clientsBefore = cpu(clients);
        long begin = System.nanoTime();
        String more = step.run();
        double wall = (System.nanoTime() - begin) / 1e9;
        double ofClients = cpu(clients) - clientsBefore;
        double clientsPeak = 0;
        for (long process : clients) {
            clientsPeak += peak(process);
        }
        return "{\"wall_s\":%.3f,\"cpu_s\":%.2f,\"client_cpu_s\":%.2f,\"peak_mib\":%.0f,\"client_peak_mib\":%.0f%s}"
                .formatted(
                        wall,
                        cpu(service) - serviceBefore + ofClients,
                        ofClients,
                        peak(service) + clientsPeak,
                        clientsPeak,
                        more);
    }

    private static void forgetPeak(long pid) throws IOException {
        Files.writeString(Path.of("/proc/" + pid + "/clear_refs"), "5");
    }

    private static double cpu(List<Long> pids) throws IOException {
        double all = 0;
        for (long pid : pids) {
            all += cpu(pid);
        }
        return all;
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
