package cloud.stasis.chunks;

import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What up- and downloads have in common: one thread walks the index and hands out *units* of work to a few
/// others; it takes the results back in the order of the units, tells the listener, and ends it all at the
/// first failure. When it is closed none of its threads touches the source or the file any more.
final class Transfer implements AutoCloseable {
    /// Leaves in a unit: 8 MiB. Bounds an answer of the store, and what a thread holds.
    static final int UNIT_LEAVES = BlobExchange.MAX_FETCH;

    /// How often a caller who waits looks whether it was cancelled.
    private static final long CANCEL_CHECK_MILLIS = 200;

    private record Running<T>(Future<T> future, Consumer<T> then) {}

    private final ExecutorService threads;
    private final int window;
    private final TransferListener listener;
    private final ByteCount total;
    private final AtomicLong done = new AtomicLong();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final Deque<Running<?>> running = new ArrayDeque<>();
    private final BlockingQueue<byte[]> buffers;

    /// @param window how many units may be waiting or running at once
    Transfer(ExecutorService threads, int window, TransferListener listener, ByteCount total) {
        this.threads = threads;
        this.window = window;
        this.listener = listener;
        this.total = total;
        this.buffers = new ArrayBlockingQueue<>(window);
    }

    /// Runs `unit` on another thread and later, in the order of the calls, `then` on this one.
    <T> void submit(Callable<T> unit, Consumer<T> then) {
        while (running.size() >= window) {
            finishOldest();
        }
        listener.checkCancelled();
        running.addLast(new Running<>(threads.submit(() -> stopped.get() ? cancelled() : unit.call()), then));
    }

    void finishAll() {
        while (!running.isEmpty()) {
            finishOldest();
        }
    }

    /// Counts bytes as looked at. Any thread.
    void progressed(long bytes) {
        done.addAndGet(bytes);
    }

    /// Room for a unit; to be given back.
    byte[] borrowBuffer() {
        byte[] buffer = buffers.poll();
        return buffer != null ? buffer : new byte[UNIT_LEAVES * TreeShape.LEAF_BYTES];
    }

    void giveBack(byte[] buffer) {
        buffers.offer(buffer);
    }

    @Override
    public void close() {
        stopped.set(true);
        for (Running<?> unit : running) {
            try {
                unit.future.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | CancellationException e) {
                // The first failure is on its way to the caller already.
            }
        }
    }

    private void finishOldest() {
        // Stays in the queue while it is waited for, so that close() waits for it too.
        finish(running.getFirst());
        running.removeFirst();
        listener.progressed(ByteCount.ofBytes(Math.min(done.get(), total.bytes())), total);
    }

    private <T> void finish(Running<T> oldest) {
        oldest.then.accept(await(oldest.future));
    }

    private <T> T await(Future<T> future) {
        while (true) {
            try {
                return future.get(CANCEL_CHECK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                listener.progressed(ByteCount.ofBytes(Math.min(done.get(), total.bytes())), total);
                listener.checkCancelled();
            } catch (ExecutionException e) {
                throw asStasis(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StasisException(ErrorCode.CANCELLED, "the transfer was interrupted", e);
            }
        }
    }

    private static <T> T cancelled() {
        throw new StasisException(ErrorCode.CANCELLED, "the transfer has ended");
    }

    private static StasisException asStasis(@Nullable Throwable failure) {
        return failure instanceof StasisException known
                ? known
                : new StasisException(ErrorCode.INTERNAL, "a transfer failed unexpectedly", failure);
    }
}
