package cloud.stasis.compute.capture;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where those who cut one machine each wait for the others, so that all machines are of one instant:
///
/// ```
///  READY      whatever can be done before is done: nobody waits frozen for a slow one
///  FROZEN     each guest is frozen that can be and shall be
///  PAUSED     each machine stands still
///  CUT        each machine is cut
///  RELEASED   each may go on
/// ```
///
/// None goes on before all are cut, so nothing that one of them did after its instant is seen by another before its
/// own. If one fails or does not come in time, all others fail where they stand, and each puts its machine
/// right by itself.
///
/// Safe on any thread.
final class Meeting {
    enum Stage {
        READY,
        FROZEN,
        PAUSED,
        CUT,
        RELEASED
    }

    /// What takes its time before anybody stands still: the memory of many GiB is written to the disk.
    private static final Duration PREPARATION = Duration.ofMinutes(5);

    private final int parties;
    private final Duration deadline;
    private final boolean isShared;
    private final Map<Stage, Integer> arrived = new EnumMap<>(Stage.class);
    private boolean released;
    private long firstPaused = Long.MAX_VALUE;
    private long lastPaused = Long.MIN_VALUE;
    private @Nullable StasisException failure;

    /// @param deadline for all that happens while machines stand still
    private Meeting(int parties, Duration deadline, boolean isShared) {
        this.parties = parties;
        this.deadline = deadline;
        this.isShared = isShared;
    }

    /// Of one machine, that waits for nobody.
    static Meeting alone(Duration deadline) {
        Meeting meeting = new Meeting(1, deadline, false);
        meeting.release();
        return meeting;
    }

    static Meeting of(int parties, Duration deadline) {
        return new Meeting(parties, deadline, true);
    }

    /// Whether a machine that goes on too early spoils the instant of others.
    boolean isShared() {
        return isShared;
    }

    Duration deadline() {
        return deadline;
    }

    /// A machine that ran stands still from now on.
    synchronized void standsStill() {
        long now = System.nanoTime();
        firstPaused = Math.min(firstPaused, now);
        lastPaused = Math.max(lastPaused, now);
    }

    /// Returns when all have arrived.
    ///
    /// @throws StasisException what one of them failed with; `GUEST_REFUSED` if not all come in time
    synchronized void arrive(Stage stage) {
        arrived.merge(stage, 1, Integer::sum);
        notifyAll();
        await(stage, () -> isThere(stage));
    }

    /// Returns when all have arrived at [Stage#CUT] or one has failed.
    synchronized void awaitCut() {
        await(Stage.READY, () -> isThere(Stage.CUT));
    }

    private boolean isThere(Stage stage) {
        return arrived.getOrDefault(stage, 0) >= parties && (stage != Stage.RELEASED || released);
    }

    private interface Condition {
        boolean holds();
    }

    private void await(Stage stage, Condition condition) {
        long end = System.nanoTime() + (stage == Stage.READY ? PREPARATION : deadline).toNanos();
        try {
            while (failure == null && !condition.holds()) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    fail(new StasisException(
                            ErrorCode.GUEST_REFUSED,
                            "not all machines could be cut within " + deadline.toSeconds() + " s: try again"));
                } else {
                    wait(left);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(new StasisException(ErrorCode.OUTCOME_UNKNOWN, "interrupted while several machines are cut", e));
        }
        if (failure != null) {
            throw new StasisException(failure.code(), failure.report().message(), failure);
        }
    }

    /// All others fail with this, unless one has failed before.
    synchronized void fail(StasisException cause) {
        if (failure == null) {
            failure = cause;
        }
        notifyAll();
    }

    synchronized Optional<StasisException> failure() {
        return Optional.ofNullable(failure);
    }

    synchronized void release() {
        released = true;
        notifyAll();
    }

    /// Between the first machine that stood still and the last one.
    synchronized Duration skew() {
        return lastPaused < firstPaused ? Duration.ZERO : Duration.ofNanos(lastPaused - firstPaused);
    }
}
