package cloud.stasis.image.upload;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The memory of one upload: a few segments that go round. They are made when they are first needed, so that a
/// slow upload has one or two. Taken by one thread, given back by any.
final class Segments {
    /// A whole number of leaves.
    static final int BYTES = 1024 * 1024;

    private static final int MOST = 6;

    /// For the slowest disk to take in a segment.
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final BlockingQueue<byte[]> free = new LinkedBlockingQueue<>();
    private int made;

    /// Waits until there is one.
    byte[] take() {
        byte[] segment = free.poll();
        if (segment == null && made < MOST) {
            made++;
            return new byte[BYTES];
        }
        return segment != null ? segment : await();
    }

    void giveBack(byte[] segment) {
        free.add(segment);
    }

    private byte[] await() {
        try {
            byte[] segment = free.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            if (segment == null) {
                throw new StasisException(ErrorCode.STORE_UNAVAILABLE, "the store does not keep up with the upload");
            }
            return segment;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "an upload was interrupted", e);
        }
    }
}
