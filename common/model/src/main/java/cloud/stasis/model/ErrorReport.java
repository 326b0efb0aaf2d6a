package cloud.stasis.model;

/// A failure as data: what crosses the bus, stands in a job and is shown to a tenant. Stack traces stay at
/// home. The message is at most [#MAX_MESSAGE_LENGTH] characters; a longer one is cut.
public record ErrorReport(ErrorCode code, String message) {
    /// Long enough for a sentence with ids, short enough for a column and a log line.
    public static final int MAX_MESSAGE_LENGTH = 1000;

    public ErrorReport {
        if (message.length() > MAX_MESSAGE_LENGTH) {
            message = message.substring(0, MAX_MESSAGE_LENGTH);
        }
    }

    public static ErrorReport of(Throwable failure) {
        return switch (failure) {
            case StasisException known -> known.report();
            case Error error ->
                new ErrorReport(
                        ErrorCode.INTERNAL,
                        "internal error: " + error.getClass().getSimpleName());
            default ->
                new ErrorReport(
                        ErrorCode.INTERNAL, "unexpected " + failure.getClass().getSimpleName());
        };
    }

    public StasisException toException() {
        return new StasisException(code, message);
    }
}
