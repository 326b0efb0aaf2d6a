package cloud.stasis.image.http;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.streams.ReadStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A body that comes over HTTP, of a request or of an answer, as a blocking stream with
/// back-pressure: when [#PAUSE_AT] pieces wait the sender is paused, and it is resumed when there are
/// [#RESUME_AT] left. A piece has at most 64 KiB. Who sends hardly anything is cut off, so that it
/// does not keep for hours what others wait for; only the time in which we wait counts.
final class RequestBody {
    private static final int PAUSE_AT = 16;
    private static final int RESUME_AT = 4;

    /// A sender who is silent for longer is cut off.
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private sealed interface Piece {
        record Bytes(Buffer buffer) implements Piece {}

        record End() implements Piece {}

        record Broken(@Nullable Throwable cause) implements Piece {}
    }

    /// How slow a sender may be.
    ///
    /// @param silence the longest without anything
    /// @param least bytes that come while we wait for as long altogether
    record Patience(Duration silence, int least) {
        /// 4 KiB a second: less than the slowest line that anybody uploads an image over.
        static final Patience STANDARD = new Patience(SILENCE, 4 * 1024 * (int) SILENCE.toSeconds());
    }

    private final Context context;
    private final ReadStream<Buffer> stream;
    private final Patience patience;
    private final String what;
    private long waitedNanos;
    private long came;
    private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
    private Buffer current = Buffer.buffer();
    private int currentAt;
    private boolean paused = true;
    private volatile boolean ended;
    private volatile boolean discarding;

    /// Called on the event loop, with the request paused.
    RequestBody(Context context, HttpServerRequest request) {
        this(context, request, Patience.STANDARD);
    }

    RequestBody(Context context, HttpServerRequest request, Patience patience) {
        this(context, request, patience, "upload");
        ended = request.getHeader(HttpHeaders.CONTENT_LENGTH) == null
                && request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null;
    }

    /// Called on the event loop, with the answer paused.
    RequestBody(Context context, HttpClientResponse answer) {
        this(context, answer, Patience.STANDARD, "download");
    }

    private RequestBody(Context context, ReadStream<Buffer> stream, Patience patience, String what) {
        this.context = context;
        this.stream = stream;
        this.patience = patience;
        this.what = what;
        stream.handler(this::arrived);
        stream.endHandler(_ -> {
            ended = true;
            pieces.add(new Piece.End());
        });
        stream.exceptionHandler(cause -> pieces.add(new Piece.Broken(cause)));
    }

    /// The next piece, or nothing at the end.
    ///
    /// @throws StasisException `INVALID_REQUEST` if the sender broke off or fell silent
    Optional<Buffer> next() {
        resumeIfNearlyEmpty();
        Piece piece;
        long begin = System.nanoTime();
        try {
            piece = pieces.poll(patience.silence().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "a request was interrupted", e);
        }
        return switch (piece) {
            case null -> throw broken("nothing came for " + patience.silence().toSeconds() + " s", null);
            case Piece.Bytes bytes -> {
                requireProgress(System.nanoTime() - begin, bytes.buffer.length());
                yield Optional.of(bytes.buffer);
            }
            case Piece.End end -> {
                pieces.add(end);
                yield Optional.empty();
            }
            case Piece.Broken broken -> {
                pieces.add(broken);
                throw broken("it broke off before its end", broken.cause);
            }
        };
    }

    private void requireProgress(long waited, int bytes) {
        waitedNanos += waited;
        came += bytes;
        if (waitedNanos < patience.silence().toNanos()) {
            return;
        }
        if (came < patience.least()) {
            throw broken("it came too slowly, " + came + " bytes in " + waitedNanos / 1_000_000_000 + " s", null);
        }
        waitedNanos = 0;
        came = 0;
    }

    /// Copies what has come into `into`, at most `most` bytes.
    ///
    /// @return how many, or -1 at the end
    int read(byte[] into, int at, int most) {
        if (currentAt == current.length()) {
            Optional<Buffer> next = next();
            if (next.isEmpty()) {
                return -1;
            }
            current = next.get();
            currentAt = 0;
        }
        int count = Math.min(most, current.length() - currentAt);
        current.getBytes(currentAt, currentAt + count, into, at);
        currentAt += count;
        return count;
    }

    boolean isEnded() {
        return ended;
    }

    /// Throws away what still comes.
    void discard() {
        discarding = true;
        pieces.clear();
        context.runOnContext(_ -> stream.resume());
    }

    private void arrived(Buffer buffer) {
        if (discarding) {
            return;
        }
        pieces.add(new Piece.Bytes(buffer));
        if (pieces.size() >= PAUSE_AT) {
            stream.pause();
            synchronized (this) {
                paused = true;
            }
            // The reader may have taken everything before it could see the pause, and wait for more already.
            resumeIfNearlyEmpty();
        }
    }

    private void resumeIfNearlyEmpty() {
        if (pieces.size() > RESUME_AT) {
            return;
        }
        synchronized (this) {
            if (!paused) {
                return;
            }
            paused = false;
        }
        context.runOnContext(_ -> stream.resume());
    }

    private StasisException broken(String how, @Nullable Throwable cause) {
        return new StasisException(
                ErrorCode.INVALID_REQUEST, "the " + what + " is not whole, " + how + ": send it again", cause);
    }
}
