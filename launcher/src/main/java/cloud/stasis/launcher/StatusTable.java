package cloud.stasis.launcher;

import cloud.stasis.launcher.process.ProcessUsage;
import cloud.stasis.launcher.settings.Port;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// `status` for people.
record StatusTable(List<PartStatus> rows) {
    private static final double MEBIBYTE = 1 << 20;

    void print(PrintStream out) {
        out.printf("%-16s %-10s %8s %9s %9s  %s%n", "PART", "STATE", "PID", "CPU s", "RSS MiB", "PORTS");
        for (PartStatus row : rows) {
            out.printf(
                    Locale.ROOT,
                    "%-16s %-10s %8s %9s %9s  %s%n",
                    row.part().name(),
                    row.state(),
                    row.mark().map(mark -> Long.toString(mark.pid())).orElse("-"),
                    row.usage().map(usage -> seconds(usage.processorTime())).orElse("-"),
                    row.usage().map(usage -> mebibytes(usage.residentBytes())).orElse("-"),
                    row.part().ports().stream()
                            .map(Port::number)
                            .map(Object::toString)
                            .collect(Collectors.joining(" ")));
        }
        List<ProcessUsage> usages =
                rows.stream().flatMap(row -> row.usage().stream()).toList();
        out.printf(
                Locale.ROOT,
                "%-16s %-10s %8s %9s %9s%n",
                "all",
                "",
                "",
                seconds(usages.stream().map(ProcessUsage::processorTime).reduce(Duration.ZERO, Duration::plus)),
                mebibytes(usages.stream().mapToLong(ProcessUsage::residentBytes).sum()));
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f", duration.toMillis() / 1000.0);
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.0f", bytes / MEBIBYTE);
    }
}
