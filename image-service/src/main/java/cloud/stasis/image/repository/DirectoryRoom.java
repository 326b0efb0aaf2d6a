package cloud.stasis.image.repository;

import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/// How much of the memory of this process the directory of blobs may take. It grows with the store, about 50 bytes a
/// blob; so the store is full, for writers, when the directory is. What is stored can still be read, and a service
/// that starts anew finds room for it.
final class DirectoryRoom {
    private static final Logger LOG = Logger.getLogger(DirectoryRoom.class);
    private static final int WARNED_PERCENT = 80;

    private final long forWriters;
    private final long atAll;
    private final AtomicInteger percent = new AtomicInteger();
    private final AtomicLong refused = new AtomicLong();

    /// @param forWriters bytes from which on nothing more is taken in
    /// @param atAll bytes with which a service cannot work
    DirectoryRoom(long forWriters, long atAll) {
        this.forWriters = forWriters;
        this.atAll = atAll;
    }

    /// Two fifths of the heap, since a directory from which much was removed is copied; and never four fifths.
    static DirectoryRoom ofHeap() {
        long heap = Runtime.getRuntime().maxMemory();
        return new DirectoryRoom(heap / 5 * 2, heap / 5 * 4);
    }

    /// @throws StasisException `NO_SPACE`
    void require(long bytes) {
        int now = (int) Math.min(1000, bytes * 100 / forWriters);
        int before = percent.getAndSet(now);
        if (now >= WARNED_PERCENT && before < WARNED_PERCENT) {
            LOG.warnf(
                    "The directory of the store takes most of the memory that it may: give the service a larger heap"
                            + " percent=%d bytes=%d",
                    now, bytes);
        }
        if (bytes > forWriters) {
            refused.incrementAndGet();
            throw new StasisException(
                    ErrorCode.NO_SPACE,
                    "the store has as many blobs as its image service has memory for: give it a larger heap, or drop"
                            + " bundles");
        }
    }

    /// @throws StasisException `NO_SPACE`
    void requirePossible(long bytes) {
        if (bytes > atAll) {
            throw new StasisException(
                    ErrorCode.NO_SPACE,
                    "the store has more blobs than this image service has memory for: give it a larger heap");
        }
    }

    /// How full it was at the last pack.
    int percent() {
        return percent.get();
    }

    /// Packs that were not taken in since the start.
    long refused() {
        return refused.get();
    }
}
