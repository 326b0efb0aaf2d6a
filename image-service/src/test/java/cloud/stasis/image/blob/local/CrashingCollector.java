package cloud.stasis.image.blob.local;

import cloud.stasis.image.Stores;
import cloud.stasis.image.blob.VerifyingBlobStore;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.repository.Retention;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// Collects.
final class CrashingCollector {
    private CrashingCollector() {}

    /// Collects everything that nothing names.
    static void collect(LocalBlobStore store) {
        collect(store, _ -> {});
    }

    /// @param look is taken before it and after it
    static void collect(LocalBlobStore store, Consumer<Repository> look) {
        AtomicReference<Duration> time = new AtomicReference<>(Duration.ZERO);
        try (Repository repository = Repository.open(
                new VerifyingBlobStore(store), Clock.systemUTC(), time::get, Retention.STANDARD, Stores.ALONE)) {
            look.accept(repository);
            time.set(Duration.ofDays(1));
            repository.collector().collect();
            look.accept(repository);
        }
    }
}
