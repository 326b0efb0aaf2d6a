package cloud.stasis.image.blob.local;

import cloud.stasis.image.Stores;
import cloud.stasis.image.blob.VerifyingBlobStore;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.repository.Retention;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// A process that collects and dies, as if by kill -9, when it reaches a write point for the n-th time.
/// `CrashingCollector <directory> <n>`.
final class CrashingCollector {
    private CrashingCollector() {}

    public static void main(String[] arguments) {
        int last = Integer.parseInt(arguments[1]);
        AtomicInteger reached = new AtomicInteger();
        collect(LocalBlobStore.open(Path.of(arguments[0]), _ -> {
            if (reached.incrementAndGet() == last) {
                Runtime.getRuntime().halt(CrashingStore.DIED);
            }
        }));
    }

    /// Collects everything that nothing names.
    static void collect(LocalBlobStore store) {
        AtomicReference<Duration> time = new AtomicReference<>(Duration.ZERO);
        try (Repository repository = Repository.open(
                new VerifyingBlobStore(store), Clock.systemUTC(), time::get, Retention.STANDARD, Stores.ALONE)) {
            time.set(Duration.ofDays(1));
            repository.collector().collect();
        }
    }
}
