package cloud.stasis.gateway.saga;

import org.jboss.logging.MDC;

/// While it is open, what this thread logs has the id of the API request that led to it.
public final class LoggedRequest implements AutoCloseable {
    private static final String KEY = "requestId";

    private LoggedRequest() {}

    /// @param requestId empty if none led to it
    public static LoggedRequest of(String requestId) {
        if (!requestId.isEmpty()) {
            MDC.put(KEY, requestId);
        }
        return new LoggedRequest();
    }

    @Override
    public void close() {
        MDC.remove(KEY);
    }
}
