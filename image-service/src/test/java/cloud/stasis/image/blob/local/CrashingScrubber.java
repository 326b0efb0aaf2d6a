package cloud.stasis.image.blob.local;

import cloud.stasis.image.blob.VerifyingBlobStore;
import cloud.stasis.image.repository.Pace;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.repository.Retention;
import cloud.stasis.image.repository.ScrubReport;
import cloud.stasis.image.repository.Uptime;
import cloud.stasis.model.ByteCount;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// A process that scrubs and dies, as if by kill -9, when it reaches a write point for the n-th time.
/// `CrashingScrubber <directory> <n>`.
final class CrashingScrubber {
    /// It takes over from who is dead, and says how far it is at the end only.
    private static final Pace PACE = new Pace(Duration.ofHours(1), Duration.ZERO);

    private CrashingScrubber() {}

    public static void main(String[] arguments) {
        scrub(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
    }

    /// @param last write point; 0 for none
    /// @return how many it reached
    static int scrub(Path directory, int last) {
        AtomicInteger reached = new AtomicInteger();
        LocalBlobStore store = LocalBlobStore.open(directory, _ -> {
            if (reached.incrementAndGet() == last) {
                Runtime.getRuntime().halt(CrashingStore.DIED);
            }
        });
        try (Repository repository = Repository.open(
                new VerifyingBlobStore(store), Clock.systemUTC(), Uptime.fromNow(), Retention.STANDARD, PACE)) {
            repository.scrubber().scrubIfDue(Duration.ofDays(7), ByteCount.ofGib(1024));
        }
        return reached.get();
    }

    /// Reads everything, whatever was read before.
    static ScrubReport scrubAll(LocalBlobStore store) {
        try (Repository repository = Repository.open(
                new VerifyingBlobStore(store), Clock.systemUTC(), Uptime.fromNow(), Retention.STANDARD, PACE)) {
            return repository.scrubber().scrub(ByteCount.ofGib(1024));
        }
    }
}
