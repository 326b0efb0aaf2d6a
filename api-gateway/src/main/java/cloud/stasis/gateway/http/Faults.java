package cloud.stasis.gateway.http;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ErrorKind;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.ext.web.handler.HttpException;
import jakarta.validation.ConstraintViolationException;
import jakarta.ws.rs.WebApplicationException;
import java.nio.channels.ClosedChannelException;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What each failure is to the one who called. What we do not know is a 500 that says nothing but the request id.
public final class Faults {
    /// Quoted input in a message: enough to recognise it.
    private static final int QUOTED_LENGTH = 64;
    /// How deep a chain of causes is searched for one that we know.
    private static final int MAX_CAUSES = 10;

    private static final Duration RETRY_SOON = Duration.ofSeconds(5);

    private Faults() {}

    public static Fault of(Throwable failure, Api api, String requestId) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            Optional<Fault> known = known(cause, api, requestId);
            if (known.isPresent()) {
                return known.get();
            }
            cause = cause.getCause();
        }
        return failure instanceof WebApplicationException web
                ? ofHttp(web.getResponse().getStatus())
                : bug(requestId);
    }

    /// A status that the HTTP framework decided.
    public static Fault ofHttp(int status) {
        return Fault.of(
                status,
                switch (status) {
                    case 400 -> "The server could not comply with the request since it is malformed.";
                    case 401 -> "The request you have made requires authentication.";
                    case 403 -> "You are not authorized to perform the requested action.";
                    case 404 -> "The resource could not be found.";
                    case 405 -> "The method is not allowed for this resource.";
                    case 406 -> "The resource is not available in a form that you accept.";
                    case 413 -> "The request body is larger than the server accepts.";
                    case 415 -> "The media type of the request body is not supported here.";
                    case 503 -> "The service is busy or not ready. Try again later.";
                    default -> "The request could not be served.";
                });
    }

    /// Text from a request, short and printable enough to be quoted in a message.
    public static String shortened(String input) {
        String printable = input.codePoints()
                .filter(point -> !Character.isISOControl(point))
                .limit(QUOTED_LENGTH + 1L)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return printable.codePointCount(0, printable.length()) > QUOTED_LENGTH
                ? printable.substring(0, printable.offsetByCodePoints(0, QUOTED_LENGTH)) + "..."
                : printable;
    }

    private static Optional<Fault> known(Throwable cause, Api api, String requestId) {
        return switch (cause) {
            case FaultException fault -> Optional.of(fault.fault());
            case StasisException ours -> Optional.of(ofStasis(ours, api, requestId));
            case JsonProcessingException json ->
                Optional.of(Fault.of(400, "Malformed JSON in the request body" + at(json)));
            case ConstraintViolationException invalid -> Optional.of(Fault.of(400, violations(invalid)));
            case HttpException http -> Optional.of(ofHttp(http.getStatusCode()));
            // In the middle of the body; nobody reads the answer. The audit log says that it was broken off.
            case HttpClosedException _ -> Optional.of(ofHttp(400));
            case ClosedChannelException _ -> Optional.of(ofHttp(400));
            case WebApplicationException web
            when web.getCause() == null -> Optional.of(ofHttp(web.getResponse().getStatus()));
            case SQLException sql
            when isPassing(sql) ->
                Optional.of(new Fault(
                        503,
                        Optional.of(ErrorCode.DATABASE_UNAVAILABLE),
                        "The database is not available now. Try again later.",
                        Optional.of(RETRY_SOON)));
            default -> Optional.empty();
        };
    }

    private static Fault ofStasis(StasisException failure, Api api, String requestId) {
        Optional<ErrorCode> code = Optional.of(failure.code());
        if (failure.kind() == ErrorKind.BUG || failure.kind() == ErrorKind.CORRUPT) {
            return new Fault(failure.kind().httpStatus(), code, bug(requestId).message(), Optional.empty());
        }
        Optional<Duration> retryAfter = failure.kind().isRetryable() ? Optional.of(RETRY_SOON) : Optional.empty();
        String message = failure.report().message();
        return switch (failure.code()) {
            case TOO_BUSY -> new Fault(429, code, message, Optional.of(RETRY_SOON));
            case QUOTA_EXCEEDED -> quota(api, code, message);
            default -> new Fault(failure.kind().httpStatus(), code, message, retryAfter);
        };
    }

    private static Fault quota(Api api, Optional<ErrorCode> code, String message) {
        return switch (api) {
            case VOLUME -> new Fault(413, code, message, Optional.of(Duration.ZERO));
            case IMAGE -> new Fault(413, code, message, Optional.empty());
            case COMPUTE, IDENTITY, SNAPSHOT, PLATFORM -> new Fault(403, code, message, Optional.empty());
        };
    }

    private static Fault bug(String requestId) {
        return new Fault(
                Fault.INTERNAL,
                Optional.of(ErrorCode.INTERNAL),
                "An unexpected error prevented the server from fulfilling your request. Tell the operator the request id "
                        + requestId + ".",
                Optional.empty());
    }

    private static String at(JsonProcessingException json) {
        return json.getLocation() == null
                ? "."
                : " at line " + json.getLocation().getLineNr() + ", column "
                        + json.getLocation().getColumnNr() + ".";
    }

    private static String violations(ConstraintViolationException invalid) {
        return invalid.getConstraintViolations().stream()
                .map(violation -> violation.getPropertyPath() + " " + violation.getMessage())
                .sorted()
                .collect(Collectors.joining("; ", "Invalid input: ", "."));
    }

    /// No connection, or a deadlock that the database broke: the same request may well succeed later.
    private static boolean isPassing(SQLException sql) {
        @Nullable String state = sql.getSQLState();
        return sql instanceof SQLTransientException
                || state != null && (state.startsWith("08") || state.startsWith("40"))
                || String.valueOf(sql.getMessage()).startsWith("Acquisition timeout");
    }
}
