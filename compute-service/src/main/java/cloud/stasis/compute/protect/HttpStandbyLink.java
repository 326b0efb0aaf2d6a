package cloud.stasis.compute.protect;

import cloud.stasis.messages.MessageCodec;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.StasisException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;

/// HTTP, with the secret of the standby in each request.
final class HttpStandbyLink implements StandbyLink {
    /// A piece is 8 MiB; a standby may wait for its disk.
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(3);

    private static final int OK = 200;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_DEADLINE)
            .build();
    private final URI standby;
    private final String secret;

    HttpStandbyLink(URI standby, String secret) {
        this.standby = standby;
        this.secret = secret;
    }

    @Override
    public StandbyState state() {
        return state(ask(request("").GET().build()));
    }

    @Override
    public StandbyState send(long epoch, long offset, long total, ByteBuffer piece) {
        return state(put("/epochs/" + epoch, offset, total, piece));
    }

    @Override
    public long hasOf(IndexId content, long total) {
        return ask(request("/contents/" + content + "?total=" + total).GET().build())
                .path("received")
                .asLong();
    }

    @Override
    public void send(IndexId content, long offset, long total, ByteBuffer piece) {
        put("/contents/" + content, offset, total, piece);
    }

    private JsonNode put(String path, long offset, long total, ByteBuffer piece) {
        byte[] bytes = Arrays.copyOf(piece.array(), piece.limit());
        return ask(request(path + "?offset=" + offset + "&total=" + total)
                .header("Content-Type", "application/octet-stream")
                .PUT(BodyPublishers.ofByteArray(bytes))
                .build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(standby + path))
                .timeout(DEADLINE)
                .header("Authorization", "Bearer " + secret);
    }

    private static StandbyState state(JsonNode answer) {
        return new StandbyState(
                answer.path("epoch").asLong(),
                answer.path("receiving").asLong(),
                answer.path("received").asLong(),
                answer.path("verifying").asBoolean(),
                answer.path("taken").asBoolean());
    }

    private JsonNode ask(HttpRequest request) {
        try {
            HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
            JsonNode answer = MessageCodec.mapper().readTree(response.body());
            if (response.statusCode() != OK) {
                throw refusal(response.statusCode(), answer);
            }
            return answer;
        } catch (IOException e) {
            throw new StasisException(ErrorCode.STANDBY_UNAVAILABLE, "the standby does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.OUTCOME_UNKNOWN, "interrupted while the standby is asked", e);
        }
    }

    /// Only what it may say is believed.
    private static StasisException refusal(int status, JsonNode answer) {
        String said = answer == null ? "" : answer.path("code").asText();
        for (ErrorCode code : new ErrorCode[] {
            ErrorCode.WRONG_STATE,
            ErrorCode.STALE_GENERATION,
            ErrorCode.PROTECTION_NOT_FOUND,
            ErrorCode.MALFORMED_OBJECT,
            ErrorCode.NO_SPACE
        }) {
            if (code.name().equals(said)) {
                return new StasisException(code, "the standby refused what it was sent: " + code);
            }
        }
        return new StasisException(ErrorCode.STANDBY_UNAVAILABLE, "the standby answered with status " + status);
    }
}
