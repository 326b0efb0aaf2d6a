package cloud.stasis.launcher.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/// What the kernel says about a running process, from `/proc/PID/stat`.
public record ProcessUsage(long startTick, Duration processorTime, long residentBytes) {
    /// USER_HZ, the unit in which Linux shows times to programs on every architecture that we run on.
    private static final long TICKS_PER_SECOND = 100;

    private static final long PAGE_BYTES = 4096;

    // Fields counted from the state, which is the first one after the command's name in parentheses.
    private static final int STATE = 0;
    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;
    private static final int CHILDREN_USER_TICKS = 13;
    private static final int CHILDREN_SYSTEM_TICKS = 14;
    private static final int START_TICK = 19;
    private static final int RESIDENT_PAGES = 21;

    /// The launcher's own time so far, with that of the programs it called and waited for.
    public static Duration ownProcessorTime() {
        String[] fields = fields(read(ProcessHandle.current().pid()).orElseThrow());
        return ticks(fields, USER_TICKS, SYSTEM_TICKS, CHILDREN_USER_TICKS, CHILDREN_SYSTEM_TICKS);
    }

    /// Empty when no such process runs; a zombie does not run.
    static Optional<ProcessUsage> of(long pid) {
        return read(pid).flatMap(ProcessUsage::parse);
    }

    static Optional<ProcessUsage> parse(String stat) {
        String[] fields = fields(stat);
        if (fields[STATE].equals("Z") || fields[STATE].equals("X")) {
            return Optional.empty();
        }
        return Optional.of(new ProcessUsage(
                Long.parseLong(fields[START_TICK]),
                ticks(fields, USER_TICKS, SYSTEM_TICKS),
                Long.parseLong(fields[RESIDENT_PAGES]) * PAGE_BYTES));
    }

    private static Optional<String> read(long pid) {
        try {
            return Optional.of(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String[] fields(String stat) {
        // The name may itself hold spaces and parentheses.
        return stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ");
    }

    private static Duration ticks(String[] fields, int... positions) {
        long sum = Arrays.stream(positions)
                .mapToLong(position -> Long.parseLong(fields[position]))
                .sum();
        return Duration.ofMillis(sum * 1000 / TICKS_PER_SECOND);
    }
}
