package cloud.stasis.chunks;

import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/// Tries again what may succeed without anyone changing anything: the one place in the data path that retries.
/// All calls of an exchange are repeatable. What a store that restarts needs is a few seconds; what lasts
/// longer is told.
public final class RetryingBlobExchange implements BlobExchange {
    /// How the decorator waits; tests do not.
    @FunctionalInterface
    interface Pause {
        void pause(Duration time) throws InterruptedException;
    }

    /// Waits of about 0.2, 0.4, ... 6.4 seconds: 13 s in all, more than a restart of the image service.
    private static final int ATTEMPTS = 7;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

    private final BlobExchange exchange;
    private final Pause pause;

    public static BlobExchange over(BlobExchange exchange) {
        return new RetryingBlobExchange(exchange, Thread::sleep);
    }

    /// For other repeatable calls of such a transport.
    public static <T> T retry(Supplier<T> call) {
        return retry(call, Thread::sleep);
    }

    RetryingBlobExchange(BlobExchange exchange, Pause pause) {
        this.exchange = exchange;
        this.pause = pause;
    }

    @Override
    public BitSet missing(List<Digest> digests) {
        return retried(() -> exchange.missing(digests));
    }

    @Override
    public void put(Pack pack) {
        retried(() -> {
            exchange.put(pack);
            return pack;
        });
    }

    @Override
    public void hold(Content content) {
        retried(() -> {
            exchange.hold(content);
            return content;
        });
    }

    @Override
    public List<StoredBlob> fetch(List<Digest> digests) {
        return retried(() -> exchange.fetch(digests));
    }

    /// Once: it is a hint, and whoever gives it has failed already.
    @Override
    public void suspect(Digest digest) {
        exchange.suspect(digest);
    }

    /// Also for other calls of the same transport.
    <T> T retried(Supplier<T> call) {
        return retry(call, pause);
    }

    private static <T> T retry(Supplier<T> call, Pause pause) {
        for (int attempt = 1; ; attempt++) {
            try {
                return call.get();
            } catch (StasisException e) {
                if (!e.kind().isRetryable() || attempt == ATTEMPTS) {
                    throw e;
                }
                waitBefore(attempt, pause);
            }
        }
    }

    /// Doubles each time, give or take a quarter, so that many clients do not come back at once.
    private static void waitBefore(int attempt, Pause pause) {
        long millis = FIRST_PAUSE.toMillis() << (attempt - 1);
        long jitter = ThreadLocalRandom.current().nextLong(-millis / 4, millis / 4 + 1);
        try {
            pause.pause(Duration.ofMillis(millis + jitter));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "a call to the store was interrupted", e);
        }
    }
}
