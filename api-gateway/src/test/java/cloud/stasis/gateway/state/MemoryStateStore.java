package cloud.stasis.gateway.state;

import cloud.stasis.chunks.Extent;
import cloud.stasis.chunks.FileSource;
import cloud.stasis.chunks.MemoryContentStore;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.StasisException;
import cloud.stasis.model.StateBackupId;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A store that can be made to fail, or to take its time.
@Singleton
class MemoryStateStore implements StateStore {
    private final MemoryContentStore store = new MemoryContentStore();
    private volatile boolean fails;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    @Override
    public Content put(StateBackupId backup, Path file) {
        try {
            if (!gate.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the test never opened the gate");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        if (fails) {
            throw new StasisException(ErrorCode.STORE_UNAVAILABLE, "The store is away.");
        }
        try (FileSource source = FileSource.of(file)) {
            return store.upload(
                            source,
                            new Content(IndexId.ZERO, source.size()),
                            List.of(new Extent(0, source.size().bytes())),
                            TransferListener.NONE)
                    .content();
        }
    }

    void failing(boolean next) {
        fails = next;
    }

    /// Nothing is put until the latch is open.
    void waitingFor(CountDownLatch latch) {
        gate = latch;
    }

    void download(Content content, Path file) {
        store.download(content, file, TransferListener.NONE);
    }
}
