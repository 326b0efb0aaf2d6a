package cloud.stasis.cli.failure;

import java.util.Optional;
import java.util.OptionalInt;

/// The one exception of the command line. The message says what was attempted and what to do; it may hold text of the
/// server, so it is cleaned before it is shown, and it never holds a secret.
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final FailureType type;
    private final int httpStatus;
    private final String requestId;

    private Failure(FailureType type, String message, int httpStatus, String requestId) {
        super(message, null, false, false);
        this.type = type;
        this.httpStatus = httpStatus;
        this.requestId = requestId;
    }

    /// A failure that no server reported.
    public static Failure local(FailureType type, String message) {
        return new Failure(type, message, 0, "");
    }

    public static Failure command(String message) {
        return local(FailureType.COMMAND_ERROR, message);
    }

    /// What a server answered.
    public static Failure ofServer(int httpStatus, String message, Optional<String> requestId) {
        return new Failure(FailureType.ofStatus(httpStatus), message, httpStatus, requestId.orElse(""));
    }

    public FailureType type() {
        return type;
    }

    public OptionalInt httpStatus() {
        return httpStatus == 0 ? OptionalInt.empty() : OptionalInt.of(httpStatus);
    }

    public Optional<String> requestId() {
        return requestId.isEmpty() ? Optional.empty() : Optional.of(requestId);
    }

    public boolean is(FailureType other) {
        return type == other;
    }

    public ExitCode exitCode() {
        return type == FailureType.TIMEOUT ? ExitCode.STILL_RUNNING : ExitCode.FAILED;
    }

    /// `ERROR (NotFound): ... (HTTP 404) (Request-ID: req-...)`, as novaclient prints it.
    public String line() {
        StringBuilder line =
                new StringBuilder("ERROR (").append(type.label()).append("): ").append(getMessage());
        httpStatus().ifPresent(status -> line.append(" (HTTP ").append(status).append(')'));
        requestId().ifPresent(id -> line.append(" (Request-ID: ").append(id).append(')'));
        return line.toString();
    }
}
