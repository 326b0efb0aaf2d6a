package cloud.stasis.image.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import cloud.stasis.chunks.BlobExchange;
import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.ContentWriter;
import cloud.stasis.chunks.TransferThreads;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.image.Stores;
import cloud.stasis.image.blob.BlobStore;
import cloud.stasis.image.blob.VerifyingBlobStore;
import cloud.stasis.image.blob.local.LocalBlobStore;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.Manifest;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.SnapshotId;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectorTest {
    private static final Duration LATER = Duration.ofHours(2);
    private static final int LEAF = TreeShape.LEAF_BYTES;

    @TempDir
    Path directory;

    private final CountDownLatch mayDelete = new CountDownLatch(1);
    private Duration time = Duration.ZERO;
    private Repository repository;

    @BeforeEach
    void open() {
        time = Duration.ZERO;
        repository = Stores.open(directory, () -> time, Retention.STANDARD);
    }

    @AfterEach
    void close() {
        mayDelete.countDown();
        repository.close();
    }

    @Test
    void whatOnlyADroppedBundleNamedGivesItsSpaceBack() throws IOException {
        byte[] shared = Stores.noise(20 * LEAF, 1);
        byte[] kept = together(shared, Stores.noise(10 * LEAF, 2));
        byte[] gone = together(shared, Stores.noise(160 * LEAF, 3));
        ReferenceName keptName = seal(kept);
        ReferenceName goneName = seal(gone);
        long before = stored();

        repository.drop(goneName);
        pass(LATER);
        CollectionPlan plan = repository.collector().plan();

        assertThat(plan.freed().bytes()).isBetween(159L * LEAF, 162L * LEAF);
        assertThat(plan.manifests()).hasSize(1);
        assertThat(plan.bundles()).isOne();
        assertThat(stored()).as("a plan changes nothing").isEqualTo(before);

        Collected collected = repository.collector().collect();

        assertThat(before - stored()).isEqualTo(collected.freed().bytes());
        assertThat(collected.freed().bytes()).isCloseTo(plan.freed().bytes(), offset(1000L));
        assertThat(read(keptName)).isEqualTo(kept);
        assertThat(repository.collector().plan().freed()).isEqualTo(ByteCount.ZERO);
        reopen();
        assertThat(read(keptName)).isEqualTo(kept);
        assertThat(seal(gone)).as("what was collected can be stored again").isNotNull();
    }

    @Test
    void aPackOfWhichMuchIsGarbageIsRewritten() throws IOException {
        byte[] first = Stores.noise(30 * LEAF, 4);
        Content content = Stores.put(repository, first);
        ReferenceName whole = seal(Stores.image(content));
        // Half of the pack of the first.
        byte[] half = Arrays.copyOf(first, 15 * LEAF);
        ReferenceName halfName = seal(half);
        repository.drop(whole);
        pass(LATER);

        Collected collected = repository.collector().collect();

        assertThat(collected.packsRewritten()).isOne();
        assertThat(stored()).isLessThan(16L * LEAF);
        assertThat(read(halfName)).isEqualTo(half);
        reopen();
        assertThat(read(halfName)).isEqualTo(half);
    }

    /// Each asked what is missing before the other one had sent it.
    @Test
    void whatTwoWritersBringIsStoredOnceAndNotCollected() throws IOException {
        byte[] shared = Stores.noise(30 * LEAF, 60);
        byte[] first = together(Stores.noise(LEAF, 61), shared);
        byte[] second = together(Stores.noise(LEAF, 62), shared);
        BlobExchange unaware = new Unaware(repository.ownExchange());
        ReferenceName firstName = seal(Stores.image(put(unaware, first)));
        ReferenceName secondName = seal(Stores.image(put(unaware, second)));

        assertThat(stored()).isLessThan(34L * LEAF);

        repository.drop(firstName);
        pass(LATER);
        repository.collector().collect();

        assertThat(read(secondName)).isEqualTo(second);
        reopen();
        assertThat(read(secondName)).isEqualTo(second);
    }

    /// A store to a writer that is told that everything is missing.
    private record Unaware(BlobExchange store) implements BlobExchange {
        @Override
        public BitSet missing(List<Digest> digests) {
            BitSet all = new BitSet();
            all.set(0, digests.size());
            return all;
        }

        @Override
        public void put(Pack pack) {
            store.put(pack);
        }

        @Override
        public void hold(Content content) {
            store.hold(content);
        }

        @Override
        public List<StoredBlob> fetch(List<Digest> digests) {
            return store.fetch(digests);
        }
    }

    /// A server that streams its disk holds that for days, and nothing else.
    @Test
    void whoOnlyHoldsKeepsWhatItHoldsAndNoOtherGarbage() {
        byte[] streamed = Stores.noise(5 * LEAF, 50);
        byte[] other = Stores.noise(5 * LEAF, 51);
        Content disk = Stores.put(repository, streamed);
        Content garbage = Stores.put(repository, other);
        ReferenceName name = seal(Stores.image(disk));
        repository.exchangeFor("snapshot/streams").hold(disk);
        repository.drop(name);
        Content later = Stores.put(repository, "image/writes", Stores.noise(5 * LEAF, 52));
        repository.release("image/writes");
        for (int hour = 0; hour < 5; hour++) {
            pass(Duration.ofHours(1));
            repository.exchangeFor("snapshot/streams").hold(disk);
        }

        repository.collector().collect();

        assertThat(read(disk)).isEqualTo(streamed);
        assertFails(ErrorCode.MISSING_OBJECT, () -> read(garbage));
        assertFails(ErrorCode.MISSING_OBJECT, () -> read(later));
    }

    @Test
    void whoReadsADroppedBundleHasAWhile() {
        byte[] bytes = Stores.noise(5 * LEAF, 5);
        Content content = Stores.put(repository, bytes);
        ReferenceName name = seal(Stores.image(content));
        pass(LATER);

        repository.drop(name);
        repository.collector().collect();
        assertThat(read(content)).isEqualTo(bytes);

        pass(LATER);
        repository.collector().collect();
        assertFails(ErrorCode.MISSING_OBJECT, () -> read(content));
        assertThat(repository.blobs()).isZero();
    }

    @Test
    void aWriterKeepsWhatItPutAndWhatItWasToldIsThere() {
        byte[] old = Stores.noise(5 * LEAF, 6);
        ReferenceName oldName = seal(old);
        pass(LATER);
        ReferenceName name = ReferenceName.of(SnapshotId.random());
        Content content = put(repository.exchangeFor(name.toString()), together(old, Stores.noise(5 * LEAF, 7)));
        repository.drop(oldName);
        pass(LATER.plus(LATER));

        repository.collector().collect();

        assertThat(repository.seal(name, snapshot(content))).isNotNull();
        assertThat(read(content)).startsWith(old);
    }

    @Test
    void aWriterThatGaveUpOrFellSilentKeepsNothing() {
        String gaveUp = ReferenceName.of(ImageId.random()).toString();
        put(repository.exchangeFor(gaveUp), Stores.noise(5 * LEAF, 8));
        put(repository.exchangeFor("image/silent"), Stores.noise(5 * LEAF, 9));
        repository.release(gaveUp);
        pass(Retention.STANDARD.silence().plusHours(2));

        repository.collector().collect();

        assertThat(repository.blobs()).isZero();
    }

    @Test
    void aSealOfWhatWasCollectedIsRefused() {
        ReferenceName name = ReferenceName.of(ImageId.random());
        Content content = put(repository.exchangeFor(name.toString()), Stores.noise(5 * LEAF, 10));
        pass(Retention.STANDARD.silence().plusHours(2));
        repository.collector().collect();

        assertFails(ErrorCode.MISSING_OBJECT, () -> repository.seal(name, Stores.image(content)));
        assertThat(repository.reference(name)).isEmpty();
    }

    @Test
    void aHeldBaseOutlivesItsBundleUntilTheWriterIsDone() {
        byte[] bytes = Stores.noise(70 * LEAF, 11);
        Content base = Stores.put(repository, bytes);
        ReferenceName baseName = seal(Stores.image(base));
        ReferenceName name = ReferenceName.of(ImageId.random());
        BlobExchange writer = repository.exchangeFor(name.toString());
        pass(LATER);

        writer.hold(base);
        repository.drop(baseName);
        pass(LATER);
        repository.collector().collect();
        assertThat(read(base)).isEqualTo(bytes);

        repository.drop(name);
        pass(LATER);
        repository.collector().collect();
        assertFails(ErrorCode.MISSING_OBJECT, () -> writer.hold(base));
    }

    /// A server that runs while its image streams reads it for longer than anything else keeps it.
    @Test
    void whoReadsForLongHoldsADroppedBundleForAsLongAsItAsks() {
        Duration ask = Retention.STANDARD.silence().minusHours(1);
        byte[] bytes = Stores.noise(5 * LEAF, 15);
        Content content = Stores.put(repository, bytes);
        ReferenceName name = seal(Stores.image(content));
        BlobExchange reader = repository.exchangeFor("host/one/content");
        reader.hold(content);
        repository.drop(name);

        for (int asked = 0; asked < 10; asked++) {
            pass(ask);
            reader.hold(content);
        }
        pass(ask);
        repository.collector().collect();
        assertThat(read(content)).isEqualTo(bytes);

        pass(Retention.STANDARD.silence().plusHours(2));
        repository.collector().collect();
        assertFails(ErrorCode.MISSING_OBJECT, () -> read(content));
    }

    /// The bytes of a node, uploaded by a tenant as an image of their own, must not hide what is under the
    /// node.
    @Test
    void aNodeThatIsAlsoSomebodysChunkIsWalked() {
        byte[] bytes = Stores.noise(64 * LEAF, 12);
        Content victim = Stores.put(repository, bytes);
        byte[] node = repository
                .exchange()
                .fetch(List.of(victim.index().digest()))
                .getFirst()
                .decode(victim.index().digest());
        // Images are walked before snapshots.
        seal(node);
        repository.seal(ReferenceName.of(SnapshotId.random()), snapshot(victim));
        pass(LATER);

        repository.collector().collect();

        assertThat(read(victim)).isEqualTo(bytes);
    }

    @Test
    void nothingIsCollectedWhileABundleIsDamaged() throws IOException {
        Content damaged = Stores.put(repository, Stores.noise(5 * LEAF, 13));
        seal(Stores.image(damaged));
        ReferenceName garbage = seal(Stores.noise(5 * LEAF, 14));
        repository.drop(garbage);
        try (Stream<Path> files = Files.walk(directory.resolve("manifests"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
        pass(LATER);
        long before = stored();

        assertFails(ErrorCode.MISSING_OBJECT, () -> repository.collector().collect());
        assertThat(stored()).isEqualTo(before);
    }

    @Test
    void aRestartForgetsLeasesAndSoKeepsEverythingForAWhile() throws IOException {
        Content content = put(repository.exchangeFor("image/x"), Stores.noise(5 * LEAF, 15));
        reopen();

        repository.collector().collect();
        assertThat(repository.blobs()).isPositive();

        pass(LATER);
        repository.collector().collect();
        assertThat(repository.blobs()).isZero();
        assertFails(ErrorCode.MISSING_OBJECT, () -> read(content));
    }

    @Test
    void thereIsOneCollectorAtATime() throws Exception {
        repository.close();
        CountDownLatch deleting = new CountDownLatch(1);
        BlobStore slow = Stores.watched(new VerifyingBlobStore(LocalBlobStore.open(directory)), call -> {
            if (call.equals("delete")) {
                deleting.countDown();
                await(mayDelete);
            }
        });
        repository = Repository.open(slow, Clock.systemUTC(), () -> time, Retention.STANDARD, Stores.ALONE);
        repository.drop(seal(Stores.noise(LEAF, 16)));
        pass(LATER);
        CompletableFuture<Collected> first =
                CompletableFuture.supplyAsync(() -> repository.collector().collect());
        await(deleting);

        assertFails(ErrorCode.TOO_BUSY, () -> repository.collector().collect());

        mayDelete.countDown();
        assertThat(first.get(60, TimeUnit.SECONDS).packsRemoved()).isPositive();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void pass(Duration some) {
        time = time.plus(some);
    }

    private void reopen() {
        repository.close();
        open();
    }

    private ReferenceName seal(byte[] bytes) {
        return seal(Stores.image(Stores.put(repository, bytes)));
    }

    private ReferenceName seal(Manifest manifest) {
        ReferenceName name = ReferenceName.of(ImageId.random());
        repository.seal(name, manifest);
        return name;
    }

    private static Manifest snapshot(Content disk) {
        Manifest image = Stores.image(disk);
        return new Manifest(
                image.version(),
                ReferenceName.Kind.SNAPSHOT,
                Optional.empty(),
                image.takenAt(),
                Optional.empty(),
                image.parts(),
                Optional.empty(),
                image.metadata());
    }

    private static Content put(BlobExchange exchange, byte[] bytes) {
        try (ContentWriter writer = new ContentWriter(exchange, TransferThreads.forThisMachine())) {
            writer.append(bytes, bytes.length, () -> {});
            return writer.finish();
        }
    }

    private byte[] read(ReferenceName name) {
        return read(repository
                .manifest(repository.reference(name).orElseThrow().manifest())
                .parts()
                .getFirst()
                .content());
    }

    private byte[] read(Content content) {
        byte[] bytes = new byte[(int) content.size().bytes()];
        new ContentReader(repository.exchange()).read(content, 0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    private long stored() throws IOException {
        return Stores.packBytes(directory);
    }

    private static byte[] together(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    private static void assertFails(ErrorCode code, Runnable attempt) {
        assertThatThrownBy(attempt::run).isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
