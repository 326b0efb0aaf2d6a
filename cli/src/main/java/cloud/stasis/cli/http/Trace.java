package cloud.stasis.cli.http;

import java.time.Duration;

/// Sees each exchange, for `--debug`. It is handed no header and no body, so it cannot leak a secret.
@FunctionalInterface
public interface Trace {
    Trace NONE = (request, status, took, requestId) -> {};

    void exchanged(Request request, int status, Duration took, String requestId);
}
