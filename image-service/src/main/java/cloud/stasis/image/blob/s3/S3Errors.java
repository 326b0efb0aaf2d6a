package cloud.stasis.image.blob.s3;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Says what a failure of a server is.
final class S3Errors {
    static final int NOT_FOUND = 404;
    static final int NOT_SATISFIABLE = 416;

    private static final int FORBIDDEN = 403;
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;
    private static final int INSUFFICIENT_STORAGE = 507;

    private S3Errors() {}

    /// @param attempted what was tried, without keys: the tenant may read it
    static <T> T told(String attempted, Supplier<T> request) {
        try {
            return request.get();
        } catch (SdkException e) {
            throw of(attempted, e);
        }
    }

    static StasisException of(String attempted, SdkException failure) {
        if (failure instanceof AbortedException) {
            Thread.currentThread().interrupt();
            return new StasisException(ErrorCode.CANCELLED, attempted + ": interrupted", failure);
        }
        if (failure instanceof S3Exception answer) {
            return switch (answer.statusCode()) {
                case INSUFFICIENT_STORAGE ->
                    new StasisException(ErrorCode.NO_SPACE, attempted + ": the bucket is full", failure);
                case FORBIDDEN ->
                    new StasisException(
                            ErrorCode.STORE_UNAVAILABLE,
                            attempted + ": the bucket refused: look at its credentials, its policy and the clock",
                            failure);
                default ->
                    new StasisException(
                            ErrorCode.STORE_UNAVAILABLE,
                            attempted + ": the bucket answered " + answer.statusCode(),
                            failure);
            };
        }
        return new StasisException(
                ErrorCode.STORE_UNAVAILABLE, attempted + ": the bucket did not answer in time", failure);
    }

    /// What the reader of an answer found wrong with it, which the SDK has wrapped.
    static Optional<StasisException> known(SdkException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StasisException known) {
                return Optional.of(known);
            }
        }
        return Optional.empty();
    }

    static boolean isAbsent(S3Exception answer) {
        return answer.statusCode() == NOT_FOUND;
    }

    /// A conditional request met another state than it expected. 409: another one was under way.
    static boolean isStale(S3Exception answer) {
        return answer.statusCode() == PRECONDITION_FAILED
                || answer.statusCode() == CONFLICT
                || answer.statusCode() == NOT_FOUND;
    }
}
