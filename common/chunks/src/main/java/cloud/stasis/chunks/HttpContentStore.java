package cloud.stasis.chunks;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/// The content store behind an image service. Costs nothing to make and needs no closing: make one for each
/// grant. Memory is that of [ChunkedContentStore].
public final class HttpContentStore implements ContentStore {
    private final ContentStore store;

    /// @param store the address of the image service, without a path
    /// @param token a capability with the rights `STORE_READ` and, for uploads, `STORE_WRITE`
    public HttpContentStore(URI store, String token) {
        this(store, () -> token);
    }

    /// For who reads for longer than a capability lives.
    ///
    /// @param tokens is asked for a capability before each call; to hold, it needs `STORE_WRITE`
    public HttpContentStore(URI store, Supplier<String> tokens) {
        this.store = new ChunkedContentStore(
                new RetryingBlobExchange(new HttpBlobExchange(store, tokens), Thread::sleep),
                TransferThreads.forThisMachine());
    }

    @Override
    public UploadResult upload(ContentSource source, Content base, List<Extent> changed, TransferListener listener) {
        return store.upload(source, base, changed, listener);
    }

    @Override
    public void download(Content content, Path file, TransferListener listener) {
        store.download(content, file, listener);
    }

    @Override
    public void read(Content content, long offset, ByteBuffer into) {
        store.read(content, offset, into);
    }

    @Override
    public byte[] small(Content content, ByteCount limit) {
        return store.small(content, limit);
    }

    @Override
    public void hold(Content content) {
        store.hold(content);
    }
}
