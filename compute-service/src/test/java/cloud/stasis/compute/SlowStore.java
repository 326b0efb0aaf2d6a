package cloud.stasis.compute;

import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.ContentStore;
import cloud.stasis.chunks.Extent;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.chunks.UploadResult;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// A store whose downloads come no further than the test lets them, and which can be away.
final class SlowStore implements ContentStore {
    private final ContentStore store;
    private boolean isHeld = true;
    private volatile boolean isAway;
    private final AtomicLong refused = new AtomicLong();
    private final Set<Content> held = ConcurrentHashMap.newKeySet();

    SlowStore(ContentStore store) {
        this.store = store;
    }

    /// Downloads that have begun, and later ones, go on to their ends.
    synchronized void release() {
        isHeld = false;
        notifyAll();
    }

    void away(boolean now) {
        isAway = now;
    }

    /// How often somebody has asked while it was away.
    long refused() {
        return refused.get();
    }

    private void requireThere() {
        if (isAway) {
            refused.incrementAndGet();
            throw new StasisException(ErrorCode.STORE_UNAVAILABLE, "the store is away");
        }
    }

    @Override
    public UploadResult upload(ContentSource source, Content base, List<Extent> changed, TransferListener listener) {
        return store.upload(source, base, changed, listener);
    }

    @Override
    public void download(Content content, Path file, TransferListener listener) {
        requireThere();
        awaitRelease(listener);
        store.download(content, file, new TransferListener() {
            @Override
            public void progressed(ByteCount done, ByteCount total) {
                listener.progressed(done, total);
            }

            @Override
            public void checkCancelled() {
                requireThere();
                listener.checkCancelled();
            }

            @Override
            public void written(Extent run) {
                listener.written(run);
            }
        });
    }

    private synchronized void awaitRelease(TransferListener listener) {
        try {
            while (isHeld) {
                listener.checkCancelled();
                wait(50);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StasisException(ErrorCode.CANCELLED, "interrupted", e);
        }
    }

    @Override
    public void read(Content content, long offset, ByteBuffer into) {
        requireThere();
        store.read(content, offset, into);
    }

    @Override
    public byte[] small(Content content, ByteCount limit) {
        return store.small(content, limit);
    }

    @Override
    public void hold(Content content) {
        requireThere();
        store.hold(content);
        held.add(content);
    }

    /// What was held.
    Set<Content> held() {
        return Set.copyOf(held);
    }

    /// As a store does that is started anew.
    void forgetHeld() {
        held.clear();
    }
}
