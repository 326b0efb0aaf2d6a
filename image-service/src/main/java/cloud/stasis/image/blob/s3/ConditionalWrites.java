package cloud.stasis.image.blob.s3;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Tries whether a server compares and sets, since everything that several writers agree on rests on that.
/// Some ignore the condition; some look first and write then, so that two writers win at once.
final class ConditionalWrites {
    private static final int RIVALS = 4;
    private static final int ROUNDS = 3;

    private final S3Client client;
    private final String bucket;
    private final String key;
    private final S3Notes notes;

    ConditionalWrites(S3Client client, String bucket, String prefix) {
        this.client = client;
        this.bucket = bucket;
        this.key = prefix + "probe/" + UUID.randomUUID();
        this.notes = new S3Notes(client, bucket);
    }

    /// @throws StasisException `UNSUPPORTED_FORMAT` if it does not
    void require() {
        S3Errors.told("trying conditional writes", () -> {
            try {
                requireConditions();
                for (int round = 0; round < ROUNDS; round++) {
                    requireOneWinner();
                }
            } finally {
                client.deleteObject(request -> request.bucket(bucket).key(key));
            }
            return true;
        });
    }

    private void requireConditions() {
        if (!succeeds(Optional.empty(), 0)) {
            throw refused("refuses If-None-Match on a PUT");
        }
        if (succeeds(Optional.empty(), 1)) {
            throw refused("ignores If-None-Match on a PUT");
        }
        String first = tag();
        if (!succeeds(Optional.of(first), 2)) {
            throw refused("refuses If-Match on a PUT");
        }
        if (succeeds(Optional.of(first), 3)) {
            throw refused("ignores If-Match on a PUT");
        }
    }

    private void requireOneWinner() {
        Optional<String> seen = Optional.of(tag());
        List<Callable<Boolean>> rivals = new ArrayList<>();
        for (int rival = 0; rival < RIVALS; rival++) {
            int content = rival;
            rivals.add(() -> succeeds(seen, content));
        }
        int won = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(RIVALS)) {
            for (Future<Boolean> rival : threads.invokeAll(rivals)) {
                won += rival.get() ? 1 : 0;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "opening the store was interrupted", e);
        } catch (ExecutionException e) {
            throw new StasisException(
                    ErrorCode.STORE_UNAVAILABLE, "trying conditional writes: the bucket did not answer", e);
        }
        if (won > 1) {
            throw refused("lets several writers win the same conditional PUT");
        }
    }

    private String tag() {
        return client.headObject(request -> request.bucket(bucket).key(key)).eTag();
    }

    /// Not by way of [S3Notes#set], which forgives.
    private boolean succeeds(Optional<String> tag, int content) {
        try {
            notes.write(
                    key, tag, (UUID.randomUUID() + " " + content).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return true;
        } catch (S3Exception e) {
            if (S3Errors.isStale(e) || e.statusCode() == 501 || e.statusCode() == 400) {
                return false;
            }
            throw e;
        }
    }

    private static StasisException refused(String what) {
        return new StasisException(
                ErrorCode.UNSUPPORTED_FORMAT,
                "the S3 server " + what + ": a store needs one that compares and sets, as Amazon S3 does");
    }
}
