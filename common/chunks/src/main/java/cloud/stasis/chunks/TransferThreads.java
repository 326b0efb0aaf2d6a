package cloud.stasis.chunks;

import cloud.stasis.model.ByteCount;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The threads on which a content store hashes and compresses. Platform threads, because that work never blocks
/// long enough to let a virtual thread of something urgent go first. They end by themselves when there is
/// nothing to do.
///
/// The queue holds no more than the windows of the transfers that run.
public final class TransferThreads {
    /// More threads than this do not help: the network or the source is the limit then.
    private static final int MOST = 4;

    /// How long an idle thread stays.
    private static final Duration KEEP = Duration.ofSeconds(5);

    private final int count;
    private final ThreadPoolExecutor threads;

    private TransferThreads(int count) {
        this.count = count;
        this.threads = new ThreadPoolExecutor(
                count,
                count,
                KEEP.toMillis(),
                TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name("stasis-transfer-", 0).daemon().factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /// One thread for each processor and one that may wait for the other side; at most [#MOST].
    public static TransferThreads forThisMachine() {
        return new TransferThreads(Math.min(MOST, Runtime.getRuntime().availableProcessors() + 1));
    }

    Transfer begin(TransferListener listener, ByteCount total) {
        return new Transfer(threads, count + 1, listener, total);
    }

    int count() {
        return count;
    }
}
