package cloud.stasis.chunks;

import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The exchange over HTTP/1.1 with an image service. Does not retry: [RetryingBlobExchange] does.
final class HttpBlobExchange implements BlobExchange {
    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(5);

    /// For a call from its first to its last byte: 8 MiB at 0.3 MB/s.
    private static final Duration CALL_DEADLINE = Duration.ofSeconds(30);

    /// The largest error body that is read.
    private static final int MAX_ERROR_BYTES = 16 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper();

    /// One for the whole process: it holds connections and a thread, and knows nothing of tokens.
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_DEADLINE)
            .build();

    private final URI store;
    private final Supplier<String> tokens;

    /// @param tokens is asked before each call
    HttpBlobExchange(URI store, Supplier<String> tokens) {
        this.store = store;
        this.tokens = tokens;
    }

    @Override
    public BitSet missing(List<Digest> digests) {
        byte[] answer = call(
                request(BlobWire.MISSING_PATH)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(BlobWire.writeDigests(digests))),
                Math.ceilDiv(digests.size(), 8));
        return BlobWire.readMissing(answer, digests.size());
    }

    @Override
    public void put(Pack pack) {
        call(request(BlobWire.PACKS_PATH + pack.name()).PUT(new SlicePublisher(pack.bytes())), MAX_ERROR_BYTES);
    }

    @Override
    public void hold(Content content) {
        call(
                request(BlobWire.HELD_PATH)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(BlobWire.writeContent(content))),
                MAX_ERROR_BYTES);
    }

    @Override
    public List<StoredBlob> fetch(List<Digest> digests) {
        byte[] answer = call(
                request(BlobWire.BLOBS_PATH)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(BlobWire.writeDigests(digests))),
                BlobWire.MAX_BLOBS_BYTES);
        return BlobWire.readBlobs(answer, digests.size());
    }

    @Override
    public void suspect(Digest digest) {
        call(
                request(BlobWire.SUSPECTS_PATH)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(BlobWire.writeDigests(List.of(digest)))),
                MAX_ERROR_BYTES);
    }

    /// What lies under a path.
    byte[] get(String path, int most) {
        return call(request(path).GET(), most);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(store.resolve(path))
                .timeout(CALL_DEADLINE)
                .header("Authorization", "Bearer " + tokens.get())
                .header("Content-Type", "application/octet-stream");
    }

    private byte[] call(HttpRequest.Builder request, int mostBytes) {
        CompletableFuture<HttpResponse<byte[]>> call = CLIENT.sendAsync(
                request.build(),
                BodyHandlers.limiting(BodyHandlers.ofByteArray(), Math.max(mostBytes, MAX_ERROR_BYTES)));
        try {
            HttpResponse<byte[]> response = call.get(CALL_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() / 100 == 2) {
                return response.body();
            }
            throw refusal(response.statusCode(), response.body());
        } catch (TimeoutException e) {
            call.cancel(true);
            throw unavailable("did not answer within " + CALL_DEADLINE.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw unavailable("could not be reached or broke off", e.getCause());
        } catch (InterruptedException e) {
            call.cancel(true);
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "a call to the store was interrupted", e);
        }
    }

    private StasisException unavailable(String what, @Nullable Throwable cause) {
        return new StasisException(ErrorCode.STORE_UNAVAILABLE, "the store at " + store + " " + what, cause);
    }

    private StasisException refusal(int status, byte[] body) {
        try {
            JsonNode error = JSON.readTree(body);
            String code = error.path("code").asText();
            if (Arrays.stream(ErrorCode.values()).anyMatch(known -> known.name().equals(code))) {
                return new StasisException(
                        ErrorCode.valueOf(code),
                        "the store said: " + error.path("message").asText());
            }
        } catch (IOException e) {
            // Not from our store: the status has to do.
        }
        ErrorCode code = status >= 500 || status == 429 ? ErrorCode.STORE_UNAVAILABLE : ErrorCode.INTERNAL;
        return new StasisException(code, "the store at " + store + " answered with status " + status);
    }
}
