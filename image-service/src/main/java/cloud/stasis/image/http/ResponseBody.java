package cloud.stasis.image.http;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// An answer's body as a blocking stream with back-pressure: a writer is at most [#AHEAD] pieces ahead of the
/// socket.
final class ResponseBody {
    private static final int AHEAD = 2;

    /// A reader who takes nothing for longer is cut off.
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private final HttpServerResponse response;
    private final Deque<Future<Void>> onTheWay = new ArrayDeque<>();

    ResponseBody(HttpServerResponse response) {
        this.response = response;
    }

    /// Sends the first `length` bytes of `piece`, which may be changed again when it returns.
    void write(byte[] piece, int length) {
        write(Buffer.buffer(length).appendBytes(piece, 0, length));
    }

    /// Sends `piece`, which nobody changes any more.
    void write(Buffer piece) {
        while (onTheWay.size() >= AHEAD) {
            await(onTheWay.removeFirst());
        }
        onTheWay.addLast(response.write(piece));
    }

    void end() {
        onTheWay.forEach(ResponseBody::await);
        response.end();
    }

    private static void await(Future<Void> written) {
        try {
            written.toCompletionStage().toCompletableFuture().get(SILENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new StasisException(ErrorCode.CANCELLED, "the reader went away", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "an answer was interrupted", e);
        }
    }
}
