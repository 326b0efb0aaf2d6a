package cloud.stasis.compute.protect;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// How long the guest stood still for the late epochs. Any thread.
final class Pauses {
    private static final int LATE = 101;

    private final Deque<Duration> late = new ArrayDeque<>();

    synchronized void add(Duration pause) {
        if (late.size() == LATE) {
            late.removeFirst();
        }
        late.addLast(pause);
    }

    /// Zero if there was none.
    synchronized Duration median() {
        List<Duration> sorted = late.stream().sorted().toList();
        return sorted.isEmpty() ? Duration.ZERO : sorted.get(sorted.size() / 2);
    }
}
