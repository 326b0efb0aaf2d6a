package cloud.stasis.cli.screen;

import cloud.stasis.model.ByteCount;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalDouble;

/// Bytes per second over the last few seconds, and what that means for the rest.
final class Speed {
    /// Long enough to be steady, short enough to notice that the link has become slow.
    private static final Duration WINDOW = Duration.ofSeconds(5);
    /// Before this a rate is an accident.
    private static final Duration LEAST = Duration.ofMillis(500);

    private record Sample(Instant at, ByteCount done) {}

    private final Clock clock;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private String doing = "";

    Speed(Clock clock) {
        this.clock = clock;
    }

    void sample(Progress progress) {
        Instant now = clock.instant();
        // A new phase counts other bytes, and from zero again.
        if (!progress.doing().equals(doing)
                || !samples.isEmpty()
                        && progress.done().compareTo(samples.getLast().done()) < 0) {
            samples.clear();
            doing = progress.doing();
        }
        samples.addLast(new Sample(now, progress.done()));
        while (samples.size() > 2 && samples.getFirst().at().isBefore(now.minus(WINDOW))) {
            samples.removeFirst();
        }
    }

    OptionalDouble bytesPerSecond() {
        if (samples.size() < 2) {
            return OptionalDouble.empty();
        }
        Duration span =
                Duration.between(samples.getFirst().at(), samples.getLast().at());
        long bytes =
                samples.getLast().done().bytes() - samples.getFirst().done().bytes();
        return span.compareTo(LEAST) < 0 || bytes == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(bytes * 1000.0 / span.toMillis());
    }

    /// What the server says, else what the rate says.
    Optional<Duration> left(Progress progress) {
        if (progress.left().isPresent()
                || progress.total().isEmpty()
                || bytesPerSecond().isEmpty()) {
            return progress.left();
        }
        long rest = Math.max(0, progress.total().get().bytes() - progress.done().bytes());
        return Optional.of(Duration.ofSeconds((long) (rest / bytesPerSecond().getAsDouble())));
    }
}
