package cloud.stasis.model;

/// What sort of failure it is. The kind alone decides who retries, which HTTP status a client sees and whether
/// an operator is woken.
public enum ErrorKind {
    /// The caller's request is wrong. Never retried.
    INVALID(400),
    /// The caller may not do this. Never retried.
    FORBIDDEN(403),
    /// No such thing, or not the caller's to see. Never retried.
    NOT_FOUND(404),
    /// The state is not one in which this can be done. The caller reads again and decides.
    CONFLICT(409),
    /// No space, quota or slot. May pass later.
    EXHAUSTED(413),
    /// Something that we depend on is down. Retried.
    UNAVAILABLE(503),
    /// It may or may not have happened. Asked again, never guessed, never unwound.
    UNKNOWN_OUTCOME(503),
    /// A hash or an invariant does not hold. Quarantined, alarmed.
    CORRUPT(500),
    /// Cannot happen. Alarmed.
    BUG(500);

    private final int httpStatus;

    ErrorKind(int httpStatus) {
        this.httpStatus = httpStatus;
    }

    public int httpStatus() {
        return httpStatus;
    }

    /// Whether the same attempt may succeed later without anyone changing the request.
    public boolean isRetryable() {
        return this == UNAVAILABLE || this == UNKNOWN_OUTCOME;
    }
}
