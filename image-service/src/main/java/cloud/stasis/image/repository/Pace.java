package cloud.stasis.image.repository;

import java.time.Duration;

/// How replicas of one store keep in touch.
///
/// @param beat how often each gives a sign of life, and looks what the others want
/// @param silence after which a replica is given up by the others. Nothing is lost if it lives after all: it comes
///     back under another name, and what was written through it is checked when it is sealed
public record Pace(Duration beat, Duration silence) {
    public static final Pace STANDARD = new Pace(Duration.ofSeconds(5), Duration.ofSeconds(30));
}
