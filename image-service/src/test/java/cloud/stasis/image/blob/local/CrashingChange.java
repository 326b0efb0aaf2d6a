package cloud.stasis.image.blob.local;

import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.VerifyingBlobStore;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// A process that renames an image, drops it, and dies, as if by kill -9, when it reaches a write point for the n-th
/// time. It prints what was acknowledged. `CrashingChange <directory> <image> <n>`.
final class CrashingChange {
    private CrashingChange() {}

    public static void main(String[] arguments) {
        ReferenceName name = ReferenceName.of(ImageId.parse(arguments[1]));
        int last = Integer.parseInt(arguments[2]);
        AtomicInteger reached = new AtomicInteger();
        LocalBlobStore store = LocalBlobStore.open(Path.of(arguments[0]), _ -> {
            if (reached.incrementAndGet() == last) {
                Runtime.getRuntime().halt(CrashingStore.DIED);
            }
        });
        change(store, name);
    }

    static void change(BlobStore store, ReferenceName name) {
        try (Repository repository = Repository.open(new VerifyingBlobStore(store), Clock.systemUTC())) {
            ManifestId before = repository.reference(name).orElseThrow().manifest();
            repository.seal(name, renamed(repository.manifest(before)));
            System.out.println("renamed");
            repository.drop(name);
            System.out.println("dropped");
        }
    }

    static Manifest renamed(Manifest manifest) {
        return new Manifest(
                manifest.version(),
                manifest.kind(),
                manifest.instance(),
                manifest.takenAt(),
                manifest.parent(),
                manifest.parts(),
                manifest.receipt(),
                Map.of("name", "another"));
    }
}
