package cloud.stasis.image.blob.local;

import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.VerifyingBlobStore;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ManifestId;
import cloud.stasis.model.ReferenceName;
import java.time.Clock;
import java.util.Map;
import java.util.function.Consumer;

/// Renames an image, and drops it.
final class CrashingChange {
    private CrashingChange() {}

    static void change(BlobStore store, ReferenceName name, Consumer<String> say) {
        try (Repository repository = Repository.open(new VerifyingBlobStore(store), Clock.systemUTC())) {
            ManifestId before = repository.reference(name).orElseThrow().manifest();
            repository.seal(name, renamed(repository.manifest(before)));
            say.accept("renamed");
            repository.drop(name);
            say.accept("dropped");
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
