package cloud.stasis.image.blob.local;

import cloud.stasis.image.Stores;
import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.VerifyingBlobStore;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.model.Content;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;

/// A process that seals one image and dies, as if by kill -9, when it reaches a write point for the n-th time.
/// It prints what was acknowledged. `CrashingStore <directory> <image> <n>`; for n = 0 it lives.
final class CrashingStore {
    static final int BYTES = 700_000;
    static final int DIED = 137;

    private CrashingStore() {}

    public static void main(String[] arguments) {
        Path directory = Path.of(arguments[0]);
        ReferenceName name = ReferenceName.of(ImageId.parse(arguments[1]));
        int last = Integer.parseInt(arguments[2]);
        AtomicInteger reached = new AtomicInteger();
        LocalBlobStore store = LocalBlobStore.open(directory, _ -> {
            if (reached.incrementAndGet() == last) {
                Runtime.getRuntime().halt(DIED);
            }
        });
        seal(store, name);
    }

    /// @return what was acknowledged; it is printed as well
    static String seal(BlobStore store, ReferenceName name) {
        try (Repository repository = Repository.open(new VerifyingBlobStore(store), Clock.systemUTC())) {
            Content content = Stores.put(repository, Stores.noise(BYTES, 1));
            System.out.println("stored " + content.index());
            repository.seal(name, Stores.image(content));
            System.out.println("sealed " + name);
            return "stored " + content.index() + "\nsealed " + name;
        }
    }
}
