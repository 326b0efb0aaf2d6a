package cloud.stasis.image.repository;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.ChunkedContentStore;
import cloud.stasis.chunks.ContentSource;
import cloud.stasis.chunks.Extent;
import cloud.stasis.chunks.TransferListener;
import cloud.stasis.chunks.TransferThreads;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.image.Stores;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Writers whose bundles share most of their chunks upload, build on each other's bundles, seal, read and drop,
/// while a collector that keeps nothing longer than it must runs all the time.
class CollectorIT {
    private static final int WRITERS = 4;
    private static final int ROUNDS = 50;
    private static final int LEAF = TreeShape.LEAF_BYTES;
    private static final int LEAVES = 40;

    /// Few enough that many chunks are met again, alive, dropped or collected.
    private static final int DISTINCT_LEAVES = 500;

    private record Bundle(ReferenceName name, Content content, byte[] bytes) {}

    @TempDir
    Path directory;

    /// What must be met at least once is waited for this long: how soon depends on the machine.
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final AtomicBoolean done = new AtomicBoolean();
    private final AtomicInteger collected = new AtomicInteger();
    private final AtomicInteger lostBases = new AtomicInteger();

    @Test
    void whatIsSealedStaysWholeWhateverIsCollectedBesideIt() throws Exception {
        Retention nothing = new Retention(Duration.ZERO, Duration.ofHours(1));
        try (Repository repository = Stores.open(directory, Uptime.fromNow(), nothing);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            Future<Boolean> collector = threads.submit(() -> collectAllTheTime(repository));
            List<Callable<Boolean>> writers = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                long seed = writer;
                writers.add(() -> write(repository, new Random(seed)));
            }
            try {
                for (Future<Boolean> writer : threads.invokeAll(writers)) {
                    assertThat(writer.get()).isTrue();
                }
            } finally {
                done.set(true);
            }
            assertThat(collector.get()).isTrue();
            assertThat(collected).as("packs collected meanwhile").hasPositiveValue();
            assertThat(lostBases)
                    .as("bases that were collected before they were built upon")
                    .hasPositiveValue();
            repository.collector().collect();
            assertThat(Stores.packBytes(directory))
                    .as("all bundles were dropped")
                    .isZero();
        }
    }

    private boolean collectAllTheTime(Repository repository) {
        while (!done.get()) {
            Collected some = repository.collector().collect();
            collected.addAndGet(some.packsRemoved() + some.packsRewritten());
        }
        return true;
    }

    private boolean write(Repository repository, Random random) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Deque<Bundle> bundles = new ArrayDeque<>();
        List<Bundle> history = new ArrayList<>();
        Bundle base = null;
        for (int round = 0; round < ROUNDS || isSomethingLeft() && System.nanoTime() < deadline; round++) {
            byte[] bytes = base == null ? new byte[LEAVES * LEAF] : base.bytes.clone();
            List<Extent> changed = change(bytes, random, base == null ? LEAVES : 6);
            ReferenceName name = ReferenceName.of(ImageId.random());
            Content content;
            try {
                content = upload(repository, name, bytes, base, changed);
            } catch (StasisException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.MISSING_OBJECT);
                lostBases.incrementAndGet();
                content = upload(repository, name, bytes, null, List.of(new Extent(0, bytes.length)));
            }
            repository.seal(name, Stores.image(content));
            Bundle bundle = new Bundle(name, content, bytes);
            bundles.add(bundle);
            history.add(bundle);
            base = switch (random.nextInt(5)) {
                case 0 -> null;
                // Dropped long ago, and perhaps everything that was built upon it.
                case 1 -> history.get(random.nextInt(history.size()));
                default -> bundle;
            };
            while (bundles.size() > random.nextInt(4)) {
                drop(repository, bundles.removeFirst());
            }
        }
        bundles.forEach(bundle -> drop(repository, bundle));
        return true;
    }

    private boolean isSomethingLeft() {
        return collected.get() == 0 || lostBases.get() == 0;
    }

    private static List<Extent> change(byte[] bytes, Random random, int leaves) {
        List<Extent> changed = new ArrayList<>();
        for (int change = 0; change < leaves; change++) {
            int leaf = leaves == LEAVES ? change : random.nextInt(LEAVES);
            System.arraycopy(Stores.noise(LEAF, random.nextInt(DISTINCT_LEAVES)), 0, bytes, leaf * LEAF, LEAF);
            changed.add(new Extent((long) leaf * LEAF, LEAF));
        }
        return changed;
    }

    private static Content upload(
            Repository repository,
            ReferenceName name,
            byte[] bytes,
            @org.jspecify.annotations.Nullable Bundle base,
            List<Extent> changed) {
        Content from = base == null ? new Content(IndexId.ZERO, ByteCount.ofBytes(bytes.length)) : base.content;
        return new ChunkedContentStore(repository.exchangeFor(name.toString()), TransferThreads.forThisMachine())
                .upload(source(bytes), from, changed, TransferListener.NONE)
                .content();
    }

    private static void drop(Repository repository, Bundle bundle) {
        ByteBuffer read = ByteBuffer.allocate(bundle.bytes.length);
        new ChunkedContentStore(repository.exchange(), TransferThreads.forThisMachine()).read(bundle.content, 0, read);
        assertThat(read.array()).isEqualTo(bundle.bytes);
        repository.drop(bundle.name);
    }

    private static ContentSource source(byte[] bytes) {
        return new ContentSource() {
            @Override
            public ByteCount size() {
                return ByteCount.ofBytes(bytes.length);
            }

            @Override
            public void read(long offset, ByteBuffer into) {
                into.put(bytes, (int) offset, into.remaining());
            }
        };
    }
}
