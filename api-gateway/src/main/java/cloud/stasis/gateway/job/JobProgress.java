package cloud.stasis.gateway.job;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How far a job is, as its worker last told.
///
/// @param percent never falls, and is 100 only when the job has succeeded
/// @param phaseSince when the phase began
public record JobProgress(Phase phase, ByteCount done, ByteCount total, int percent, Instant phaseSince) {
    /// What is left for sealing and settling when all bytes have moved.
    private static final int WHEN_BYTES_HAVE_MOVED = 95;

    /// An estimate from less than this is a guess.
    private static final Duration SHORTEST_BASIS = Duration.ofSeconds(1);

    static JobProgress none(Instant now) {
        return new JobProgress(Phase.QUEUED, ByteCount.ZERO, ByteCount.ZERO, 0, now);
    }

    JobProgress told(Phase next, ByteCount nextDone, ByteCount nextTotal, Instant now) {
        int moved = next == Phase.SEALING || next == Phase.SETTLING
                ? WHEN_BYTES_HAVE_MOVED
                : share(nextDone, nextTotal, WHEN_BYTES_HAVE_MOVED);
        return new JobProgress(next, nextDone, nextTotal, Math.max(percent, moved), next == phase ? phaseSince : now);
    }

    JobProgress whole(Instant now) {
        return new JobProgress(Phase.DONE, total, total, 100, now);
    }

    /// How long the phase will still take if it goes on as it went.
    public Optional<Duration> remaining(Instant now) {
        Duration basis = Duration.between(phaseSince, now);
        if (done.isZero() || total.compareTo(done) <= 0 || basis.compareTo(SHORTEST_BASIS) < 0) {
            return Optional.empty();
        }
        double rate = (double) done.bytes() / basis.toMillis();
        return Optional.of(Duration.ofMillis((long) (total.minus(done).bytes() / rate)));
    }

    private static int share(ByteCount done, ByteCount total, int of) {
        return total.isZero() ? 0 : (int) Math.min(of, (double) done.bytes() / total.bytes() * of);
    }
}
