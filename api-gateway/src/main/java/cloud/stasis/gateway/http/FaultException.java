package cloud.stasis.gateway.http;

/// Ends a request with a status that none of our error codes stands for: those that only HTTP knows, such as 401,
/// 406 and 415. Everything else is a [cloud.stasis.model.StasisException].
public final class FaultException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Fault fault;

    public FaultException(int status, String message) {
        this(Fault.of(status, message));
    }

    public FaultException(Fault fault) {
        super(fault.message(), null, false, false);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }
}
