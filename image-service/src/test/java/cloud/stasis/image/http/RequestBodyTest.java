package cloud.stasis.image.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.model.StasisException;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestBodyTest {
    private static final int PIECES = 16;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final CountDownLatch taken = new CountDownLatch(PIECES);
    private final CountDownLatch resumed = new CountDownLatch(2);
    private final CompletableFuture<Handler<Buffer>> pieces = new CompletableFuture<>();
    private final CompletableFuture<Handler<@Nullable Void>> end = new CompletableFuture<>();
    private Runnable whenPaused = () -> {};

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    /// The reader takes all that there is between the moment when the sender sees too much and that when it
    /// pauses: then nobody else is there to resume.
    @Test
    void aReaderThatIsFasterThanThePauseDoesNotWaitForever() throws Exception {
        RequestBody body = new RequestBody(context, request());
        whenPaused = () -> Thread.ofVirtual().start(() -> {
            for (Optional<Buffer> next = body.next(); next.isPresent(); next = body.next()) {
                taken.countDown();
            }
        });

        CompletableFuture<Boolean> sent = new CompletableFuture<>();
        context.runOnContext(_ -> {
            for (int piece = 0; piece < PIECES; piece++) {
                pieces.join().handle(Buffer.buffer("piece"));
            }
            sent.complete(true);
        });

        assertThat(sent.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(resumed.await(60, TimeUnit.SECONDS))
                .as("asked for the first piece, and again after the pause")
                .isTrue();
        end.join().handle(null);
    }

    /// A byte every now and then is never silence.
    @Test
    void whoSendsHardlyAnythingIsCutOff() throws Exception {
        RequestBody body =
                new RequestBody(context, request(), new RequestBody.Patience(Duration.ofMillis(500), 1024 * 1024));
        Handler<Buffer> sender = pieces.join();
        Thread drip = Thread.ofVirtual().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                context.runOnContext(_ -> sender.handle(Buffer.buffer("x")));
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
        });

        assertThatThrownBy(() -> {
                    while (body.next().isPresent()) {
                        taken.countDown();
                    }
                })
                .isInstanceOf(StasisException.class)
                .hasMessageContaining("not whole");
        drip.interrupt();
    }

    private HttpServerRequest request() {
        return (HttpServerRequest) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {HttpServerRequest.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "handler" -> pieces.complete(handler(arguments));
                        case "resume" -> resumed.countDown();
                        case "endHandler" -> end.complete(handler(arguments));
                        case "pause" -> {
                            whenPaused.run();
                            taken.await(60, TimeUnit.SECONDS);
                        }
                        case "getHeader" -> {
                            return "1000";
                        }
                        default -> {
                            // Nothing that matters here.
                        }
                    }
                    return proxy;
                });
    }

    @SuppressWarnings("unchecked")
    private static <T extends @Nullable Object> Handler<T> handler(Object[] arguments) {
        return (Handler<T>) arguments[0];
    }
}
