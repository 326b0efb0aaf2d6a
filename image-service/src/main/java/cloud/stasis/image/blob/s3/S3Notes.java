package cloud.stasis.image.blob.s3;

import cloud.stasis.image.blob.NoteName;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.Arrays;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Small objects that are compared and set by the server.
final class S3Notes {
    private static final String SETTING = "setting a note";
    private static final String DROPPING = "dropping a note";
    private static final int NOT_IMPLEMENTED = 501;

    private record Tagged(byte[] bytes, String tag) {}

    private final S3Client client;
    private final String bucket;

    S3Notes(S3Client client, String bucket) {
        this.client = client;
        this.bucket = bucket;
    }

    Optional<byte[]> read(String key) {
        return readTagged(key).map(Tagged::bytes);
    }

    /// @throws StasisException `STALE_GENERATION`
    void set(String key, Optional<byte[]> expected, byte[] next) {
        Optional<String> tag = Optional.empty();
        if (expected.isPresent()) {
            Tagged current = readTagged(key).orElseThrow(S3Notes::stale);
            if (!Arrays.equals(current.bytes, expected.get())) {
                throw stale();
            }
            tag = Optional.of(current.tag);
        }
        try {
            write(key, tag, next);
        } catch (S3Exception e) {
            if (!S3Errors.isStale(e)) {
                throw S3Errors.of(SETTING, e);
            }
            requireOurs(key, next);
        } catch (SdkException e) {
            throw S3Errors.of(SETTING, e);
        }
    }

    void drop(String key) {
        S3Errors.told(
                DROPPING,
                () -> client.deleteObject(request -> request.bucket(bucket).key(key)));
    }

    /// Not every server compares when it deletes. One that says so is asked without.
    ///
    /// @throws StasisException `STALE_GENERATION`
    void drop(String key, byte[] expected) {
        Optional<Tagged> current = readTagged(key);
        if (current.isEmpty()) {
            return;
        }
        if (!Arrays.equals(current.get().bytes, expected)) {
            throw stale();
        }
        try {
            client.deleteObject(request -> request.bucket(bucket).key(key).ifMatch(current.get().tag));
        } catch (S3Exception e) {
            if (e.statusCode() == NOT_IMPLEMENTED) {
                drop(key);
            } else if (S3Errors.isStale(e) && !S3Errors.isAbsent(e)) {
                throw stale();
            } else if (!S3Errors.isAbsent(e)) {
                throw S3Errors.of(DROPPING, e);
            }
        } catch (SdkException e) {
            throw S3Errors.of(DROPPING, e);
        }
    }

    /// @param tag of what is replaced; empty if there must be none
    void write(String key, Optional<String> tag, byte[] next) {
        client.putObject(
                request -> {
                    request.bucket(bucket).key(key);
                    tag.ifPresentOrElse(request::ifMatch, () -> request.ifNoneMatch("*"));
                },
                RequestBody.fromBytes(next));
    }

    /// The answer to an attempt that succeeded may have been lost, and the next one met what it had written.
    private void requireOurs(String key, byte[] next) {
        if (!read(key).filter(bytes -> Arrays.equals(bytes, next)).isPresent()) {
            throw stale();
        }
    }

    /// What is larger than a note is not loaded.
    private Optional<Tagged> readTagged(String key) {
        try {
            return Optional.of(
                    client.getObject(request -> request.bucket(bucket).key(key), (answer, body) -> {
                        if (answer.contentLength() > NoteName.MAX_BYTES) {
                            body.abort();
                            throw new StasisException(ErrorCode.MALFORMED_OBJECT, "a note of the store is damaged");
                        }
                        return new Tagged(
                                S3Bodies.whole(body, answer.contentLength().intValue()), answer.eTag());
                    }));
        } catch (S3Exception e) {
            if (S3Errors.isAbsent(e)) {
                return Optional.empty();
            }
            throw S3Errors.of("reading a note", e);
        } catch (SdkException e) {
            throw S3Errors.known(e).orElseGet(() -> S3Errors.of("reading a note", e));
        }
    }

    private static StasisException stale() {
        return new StasisException(ErrorCode.STALE_GENERATION, "a note was changed in between");
    }
}
