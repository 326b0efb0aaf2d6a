package cloud.stasis.image.blob.local;

import cloud.stasis.image.blob.VerifyingBlobStore;
import cloud.stasis.image.repository.Pace;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.repository.Retention;
import cloud.stasis.image.repository.ScrubReport;
import cloud.stasis.image.repository.Uptime;
import cloud.stasis.model.ByteCount;
import java.time.Clock;
import java.time.Duration;

/// Scrubs.
final class CrashingScrubber {
    /// It takes over from who is dead, and says how far it is at the end only.
    private static final Pace PACE = new Pace(Duration.ofHours(1), Duration.ZERO);

    private CrashingScrubber() {}

    static void scrub(LocalBlobStore store) {
        try (Repository repository = open(store)) {
            scrub(repository);
        }
    }

    static Repository open(LocalBlobStore store) {
        return Repository.open(
                new VerifyingBlobStore(store), Clock.systemUTC(), Uptime.fromNow(), Retention.STANDARD, PACE);
    }

    static void scrub(Repository repository) {
        repository.scrubber().scrubIfDue(Duration.ofDays(7), ByteCount.ofGib(1024));
    }

    /// Reads everything, whatever was read before.
    static ScrubReport scrubAll(Repository repository) {
        return repository.scrubber().scrub(ByteCount.ofGib(1024));
    }
}
