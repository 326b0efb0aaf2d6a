package cloud.stasis.image.sync;

import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Signed calls to one peer. An answer that the peer did not sign is not one: nothing in it is believed, not even
/// that something failed.
final class PeerCalls {
    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(5);

    /// For a call from its first to its last byte: 16 MiB at 0.3 MB/s, and the seal of a large bundle.
    private static final Duration CALL_DEADLINE = Duration.ofSeconds(60);

    /// The largest error body that is read.
    private static final int MAX_ERROR_BYTES = 16 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper();

    /// One for the whole process: it holds connections and a thread.
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_DEADLINE)
            .build();

    private final Peer peer;
    private final SiteSeal seal;

    PeerCalls(Peer peer, SiteSeal seal) {
        this.peer = peer;
        this.seal = seal;
    }

    byte[] get(String path, int most) {
        return send("GET", path, new byte[0], most, "");
    }

    /// @param bundle that is being written, or empty
    byte[] send(String method, String path, byte[] body, int most, String bundle) {
        SiteSeal.Asked asked = SiteSeal.Asked.of(method, path, body, bundle);
        HttpRequest request = HttpRequest.newBuilder(peer.store().resolve(path))
                .timeout(CALL_DEADLINE)
                .header("Authorization", PeerDoor.SCHEME + seal.sign(asked, peer.key()))
                .header("Content-Type", "application/octet-stream")
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        HttpResponse<byte[]> answer = call(request, most);
        String signature = answer.headers().firstValue(PeerDoor.ANSWER).orElseThrow(() -> unsigned(answer));
        SiteSeal.Answered said = seal.answer(signature, peer.key());
        if (!said.request().equals(asked.id())
                || said.status() != answer.statusCode()
                || !said.body().equals(Sha256.of(answer.body()))) {
            throw new StasisException(
                    ErrorCode.ACCESS_DENIED, "the answer of the site " + peer.name() + " is not the one it signed");
        }
        if (answer.statusCode() / 100 == 2) {
            return answer.body();
        }
        throw refusal(answer.statusCode(), answer.body());
    }

    private HttpResponse<byte[]> call(HttpRequest request, int most) {
        CompletableFuture<HttpResponse<byte[]>> call =
                CLIENT.sendAsync(request, bounded(Math.max(most, MAX_ERROR_BYTES)));
        try {
            return call.get(CALL_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            call.cancel(true);
            throw unavailable("did not answer within " + CALL_DEADLINE.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof StasisException known) {
                    throw known;
                }
            }
            throw unavailable("could not be reached or broke off", e.getCause());
        } catch (InterruptedException e) {
            call.cancel(true);
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "a call to a peer was interrupted", e);
        }
    }

    /// An answer that says that it is longer is not read.
    private HttpResponse.BodyHandler<byte[]> bounded(int most) {
        return head -> {
            if (head.headers().firstValueAsLong("Content-Length").orElse(0) > most) {
                throw new StasisException(
                        ErrorCode.MALFORMED_OBJECT,
                        "the site " + peer.name() + " sends more than the " + most + " bytes that were asked for");
            }
            return BodyHandlers.limiting(BodyHandlers.ofByteArray(), most).apply(head);
        };
    }

    private StasisException unsigned(HttpResponse<byte[]> answer) {
        if (answer.statusCode() == 401 || answer.statusCode() == 403) {
            return new StasisException(
                    ErrorCode.ACCESS_DENIED,
                    "the site " + peer.name() + " does not let this one in: its operator has to enter our key");
        }
        return answer.statusCode() >= 500
                ? unavailable("answered with status " + answer.statusCode(), null)
                : new StasisException(
                        ErrorCode.ACCESS_DENIED, "the site " + peer.name() + " has not proved its key in its answer");
    }

    private StasisException unavailable(String what, @Nullable Throwable cause) {
        return new StasisException(
                ErrorCode.STORE_UNAVAILABLE, "the site " + peer.name() + " at " + peer.store() + " " + what, cause);
    }

    private StasisException refusal(int status, byte[] body) {
        try {
            JsonNode error = JSON.readTree(body);
            String code = error.path("code").asText();
            if (Arrays.stream(ErrorCode.values()).anyMatch(known -> known.name().equals(code))) {
                return new StasisException(
                        ErrorCode.valueOf(code),
                        "the site " + peer.name() + " said: "
                                + error.path("message").asText());
            }
        } catch (IOException e) {
            // Not from our store: the status has to do.
        }
        ErrorCode code = status >= 500 || status == 429 ? ErrorCode.STORE_UNAVAILABLE : ErrorCode.INTERNAL;
        return new StasisException(code, "the site " + peer.name() + " answered with status " + status);
    }
}
