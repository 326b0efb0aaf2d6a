package cloud.stasis.image.blob;

import cloud.stasis.chunks.ContentReader;
import cloud.stasis.image.Stores;
import cloud.stasis.image.blob.url.StoreUrl;
import cloud.stasis.image.repository.Pace;
import cloud.stasis.image.repository.Repository;
import cloud.stasis.image.repository.Retention;
import cloud.stasis.image.repository.Uptime;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.Random;

/// A process that has a store open beside others: it seals, reads, drops and collects until a file called `stop`
/// appears, and prints what was acknowledged. `ReplicaProcess <store> <stop> <seed>`.
final class ReplicaProcess {
    /// Few, so that everything is met again: alive, dropped or collected.
    static final int CONTENTS = 40;

    static final int BYTES = 150_000;
    static final Pace PACE = new Pace(Duration.ofMillis(100), Duration.ofSeconds(3));

    /// Nothing is kept longer than it must.
    static final Retention NOTHING = new Retention(Duration.ZERO, Duration.ofMinutes(5));

    private ReplicaProcess() {}

    public static void main(String[] arguments) throws Exception {
        Path stop = Path.of(arguments[1]);
        Random random = new Random(Long.parseLong(arguments[2]));
        try (Repository repository = Repository.open(
                new VerifyingBlobStore(StoreUrl.parse(arguments[0], StoreUrl.BucketAccess.fromEnvironment())
                        .open()),
                Clock.systemUTC(),
                Uptime.fromNow(),
                NOTHING,
                PACE)) {
            Thread.ofPlatform().daemon().start(() -> beat(repository, stop));
            Thread collector = Thread.ofPlatform().daemon().start(() -> collect(repository, stop));
            Deque<ReferenceName> names = new ArrayDeque<>();
            while (!Files.exists(stop)) {
                int seed = random.nextInt(CONTENTS);
                byte[] bytes = Stores.noise(BYTES, seed);
                ReferenceName name = ReferenceName.of(ImageId.random());
                Optional<Content> stored = store(repository, name, bytes);
                if (stored.isEmpty()) {
                    continue;
                }
                Content content = stored.get();
                System.out.println("sealed " + name.id() + " " + seed);
                byte[] read = new byte[BYTES];
                new ContentReader(repository.exchange()).read(content, 0, ByteBuffer.wrap(read));
                if (!Arrays.equals(read, bytes)) {
                    throw new IllegalStateException("read something else");
                }
                names.add(name);
                if (names.size() > 3) {
                    ReferenceName oldest = names.remove();
                    System.out.println("dropping " + oldest.id());
                    repository.drop(oldest);
                }
            }
            collector.join();
        }
    }

    /// Whoever was stopped, or came to nothing for so long that the others gave it up, is refused when what it stored
    /// was collected meanwhile: it has to store it again.
    private static Optional<Content> store(Repository repository, ReferenceName name, byte[] bytes) {
        try {
            Content content = Stores.put(repository, name.toString(), bytes);
            repository.seal(name, Stores.image(content));
            return Optional.of(content);
        } catch (StasisException e) {
            if (e.code() != ErrorCode.MISSING_OBJECT) {
                throw e;
            }
            System.out.println("refused " + name.id());
            return Optional.empty();
        }
    }

    private static void beat(Repository repository, Path stop) {
        while (!Files.exists(stop)) {
            try {
                repository.beat();
                Thread.sleep(PACE.beat());
            } catch (InterruptedException e) {
                return;
            } catch (StasisException e) {
                // As in the service: the next one may pass. Whoever reads this says how many may fail.
                System.out.println("unbeaten " + e.code());
            }
        }
    }

    private static void collect(Repository repository, Path stop) {
        while (!Files.exists(stop)) {
            try {
                int packs = repository.collector().collect().packsRemoved();
                if (packs > 0) {
                    System.out.println("collected " + packs);
                }
            } catch (StasisException e) {
                if (e.code() != ErrorCode.TOO_BUSY && e.code() != ErrorCode.STALE_GENERATION) {
                    throw e;
                }
            }
        }
    }
}
