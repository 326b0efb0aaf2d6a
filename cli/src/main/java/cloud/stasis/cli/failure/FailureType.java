package cloud.stasis.cli.failure;

/// The word in the brackets of `ERROR (Type): ...`. Those with an HTTP status are the words that novaclient uses, so
/// that scripts which look for them go on working.
public enum FailureType {
    BAD_REQUEST("BadRequest"),
    UNAUTHORIZED("Unauthorized"),
    FORBIDDEN("Forbidden"),
    NOT_FOUND("NotFound"),
    METHOD_NOT_ALLOWED("MethodNotAllowed"),
    NOT_ACCEPTABLE("NotAcceptable"),
    CONFLICT("Conflict"),
    OVER_LIMIT("OverLimit"),
    RATE_LIMIT("RateLimit"),
    NOT_IMPLEMENTED("HTTPNotImplemented"),
    UNAVAILABLE("ServiceUnavailable"),
    /// Any other answer that is no success.
    CLIENT_EXCEPTION("ClientException"),

    /// What was asked for makes no sense here, or some input of ours cannot be used.
    COMMAND_ERROR("CommandError"),
    NO_UNIQUE_MATCH("NoUniqueMatch"),
    CONNECT_FAILURE("ConnectFailure"),
    ENDPOINT_NOT_FOUND("EndpointNotFound"),
    /// The answer is not what the API promises.
    BAD_ANSWER("BadAnswer"),
    JOB_FAILED("JobFailed"),
    RESOURCE_IN_ERROR("ResourceInErrorState"),
    TIMEOUT("Timeout"),
    /// A defect of the command line.
    INTERNAL("InternalError");

    private final String label;

    FailureType(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    public static FailureType ofStatus(int status) {
        return switch (status) {
            case 400 -> BAD_REQUEST;
            case 401 -> UNAUTHORIZED;
            case 403 -> FORBIDDEN;
            case 404 -> NOT_FOUND;
            case 405 -> METHOD_NOT_ALLOWED;
            case 406 -> NOT_ACCEPTABLE;
            case 409 -> CONFLICT;
            case 413 -> OVER_LIMIT;
            case 429 -> RATE_LIMIT;
            case 501 -> NOT_IMPLEMENTED;
            case 503 -> UNAVAILABLE;
            default -> CLIENT_EXCEPTION;
        };
    }
}
