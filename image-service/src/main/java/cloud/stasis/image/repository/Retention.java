package cloud.stasis.image.repository;

import java.time.Duration;

/// For how long the store keeps what nothing names.
///
/// @param unnamed for those who read a bundle that is being dropped, and for writers between two calls
/// @param silence how long a writer may say nothing before its lease ends: it covers the time between the
///     last byte of a capture and its seal, also when the gateway is away meanwhile
public record Retention(Duration unnamed, Duration silence) {
    public static final Retention STANDARD = new Retention(Duration.ofHours(1), Duration.ofHours(6));
}
