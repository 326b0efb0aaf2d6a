package cloud.stasis.model;

import org.jspecify.annotations.Nullable;

/// The one exception of our own code: a code, and a message that says what was attempted on what and what to
/// do. The message may be shown to the tenant, so it holds no secret, no path and no guest data.
public final class StasisException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public StasisException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    public StasisException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }

    public ErrorKind kind() {
        return code.kind();
    }

    public ErrorReport report() {
        String message = getMessage();
        return new ErrorReport(code, message == null ? code.name() : message);
    }
}
