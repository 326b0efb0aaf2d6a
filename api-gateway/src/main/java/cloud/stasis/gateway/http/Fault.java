package cloud.stasis.gateway.http;

import cloud.stasis.model.ErrorCode;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Optional;

/// A request that was not served, before it takes the form that one of the APIs gives it.
///
/// @param status of HTTP
/// @param code of ours, where one exists; only our own API shows it
/// @param message for the person who made the request: no path, no class name, nothing of another tenant
/// @param retryAfter how long a client should wait before it tries the same again
public record Fault(int status, Optional<ErrorCode> code, String message, Optional<Duration> retryAfter) {
    static final int INTERNAL = 500;

    public static Fault of(int status, String message) {
        return new Fault(status, Optional.empty(), message, Optional.empty());
    }

    /// HTTP's own words for the status.
    public String title() {
        Response.Status known = Response.Status.fromStatusCode(status);
        return known == null ? "Error" : known.getReasonPhrase();
    }

    public boolean isOurs() {
        return status >= INTERNAL;
    }
}
