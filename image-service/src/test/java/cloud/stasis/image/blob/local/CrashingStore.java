package cloud.stasis.image.blob.local;

import cloud.stasis.chunks.TransferThreads;
import cloud.stasis.image.Stores;
import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.VerifyingBlobStore;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.model.Content;
import cloud.stasis.model.ReferenceName;
import java.time.Clock;
import java.util.function.Consumer;

/// Seals one image.
final class CrashingStore {
    static final int BYTES = 700_000;

    private CrashingStore() {}

    /// Says what was acknowledged.
    static void seal(BlobStore store, ReferenceName name, Consumer<String> say) {
        try (Repository repository = Repository.open(new VerifyingBlobStore(store), Clock.systemUTC())) {
            Content content = Stores.put(repository, Stores.noise(BYTES, 1), TransferThreads.forThisMachine());
            say.accept("stored " + content.index());
            repository.seal(name, Stores.image(content));
            say.accept("sealed " + name);
        }
    }
}
