package cloud.stasis.cli.login;

import java.time.Duration;
import java.time.Instant;

/// A token, until when it is good, and the catalogue that came with it.
record Login(Secret token, Instant expiresAt, Catalogue catalogue) {
    /// A command must not lose its token between two requests, and clocks differ a little.
    private static final Duration MARGIN = Duration.ofSeconds(30);

    boolean isGoodAt(Instant now) {
        return now.plus(MARGIN).isBefore(expiresAt);
    }
}
