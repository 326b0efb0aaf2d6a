package cloud.stasis.image.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.ContentReader;
import cloud.stasis.chunks.format.BlobKind;
import cloud.stasis.chunks.format.Encoding;
import cloud.stasis.chunks.format.Node;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackBuilder;
import cloud.stasis.chunks.format.PackEntry;
import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.image.Stores;
import cloud.stasis.image.blob.ObjectName;
import cloud.stasis.image.blob.VerifyingBlobStore;
import cloud.stasis.image.blob.local.LocalBlobStore;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.ImageId;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.ReferenceName;
import cloud.stasis.model.StasisException;
import cloud.stasis.testkit.Until;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryTest {
    @TempDir
    Path directory;

    @Test
    void theDirectoryIsRebuiltFromThePacks() {
        byte[] bytes = Stores.noise(30_000_000, 1);
        Content content;
        int blobs;
        try (Repository repository = Stores.open(directory)) {
            content = Stores.put(repository, bytes);
            blobs = repository.blobs();
        }
        try (Repository repository = Stores.open(directory)) {
            assertThat(repository.blobs()).isEqualTo(blobs).isEqualTo(458 + 8 + 1);
            assertThat(read(repository, content)).isEqualTo(bytes);
        }
    }

    @Test
    void aDamagedPackTakesOnlyItsOwnBlobsWithIt() throws IOException {
        byte[] kept = Stores.noise(1_000_000, 2);
        byte[] lost = Stores.noise(1_000_000, 3);
        Content keptContent;
        Content lostContent;
        try (Repository repository = Stores.open(directory)) {
            keptContent = Stores.put(repository, kept);
            List<Path> before = packs();
            lostContent = Stores.put(repository, lost);
            List<Path> after = packs();
            after.removeAll(before);
            byte[] pack = Files.readAllBytes(after.getFirst());
            Arrays.fill(pack, pack.length - 100, pack.length, (byte) 1);
            Files.write(after.getFirst(), pack);
        }
        try (Repository repository = Stores.open(directory)) {
            assertThat(read(repository, keptContent)).isEqualTo(kept);
            assertFails(ErrorCode.MISSING_OBJECT, () -> read(repository, lostContent));
            assertFails(
                    ErrorCode.MISSING_OBJECT,
                    () -> repository.seal(ReferenceName.of(ImageId.random()), Stores.image(lostContent)));

            Stores.put(repository, lost);

            assertThat(read(repository, lostContent)).isEqualTo(lost);
        }
        try (Repository repository = Stores.open(directory)) {
            assertThat(read(repository, lostContent)).isEqualTo(lost);
        }
    }

    @Test
    void aFlippedBitInADirectoryHidesNothing() throws IOException {
        byte[] bytes = Stores.noise(1_000_000, 5);
        Content content;
        try (Repository repository = Stores.open(directory)) {
            content = Stores.put(repository, bytes);
        }
        byte[] pack = Files.readAllBytes(packs().getFirst());
        pack[pack.length - 100] ^= 1;
        Files.write(packs().getFirst(), pack);

        try (Repository repository = Stores.open(directory)) {
            assertThat(read(repository, content)).isEqualTo(bytes);

            assertThat(repository.scrubber().scrub(ByteCount.ofGib(1)).affected())
                    .isEmpty();
            assertThat(packs()).as("written anew").hasSize(1);
            assertThat(read(repository, content)).isEqualTo(bytes);
            assertThat(repository.scrubber().scrub(ByteCount.ofGib(1)).isClean())
                    .isTrue();
        }
        try (Repository repository = Stores.open(directory)) {
            assertThat(read(repository, content)).isEqualTo(bytes);
        }
    }

    /// A peer with little to send may name a great many blobs.
    @Test
    void whoBringsMoreBlobsThanThereIsMemoryForIsRefusedAndTheStoreStaysWhatItIs() {
        DirectoryRoom room = new DirectoryRoom(1_500_000, 3_000_000);
        List<Digest> taken = new ArrayList<>();
        try (Repository repository = openIn(room)) {
            assertFails(ErrorCode.NO_SPACE, () -> {
                for (int at = 0; ; at++) {
                    Pack pack = tinyBlobs(at);
                    repository.exchange().put(pack);
                    taken.addAll(pack.entries().stream().map(PackEntry::digest).toList());
                }
            });
            assertThat(taken.size()).isBetween(10_000, 40_000);
            assertThat(repository.refusedPacks()).isOne();
            assertThat(repository.directoryPercent()).isGreaterThan(100);
        }
        try (Repository repository = openIn(room)) {
            assertThat(repository.exchange().missing(taken.subList(0, 4000)).isEmpty())
                    .isTrue();
        }
        assertThatThrownBy(() -> openIn(new DirectoryRoom(100_000, 500_000)))
                .isInstanceOf(StasisException.class)
                .hasMessageContaining("larger heap");
    }

    private Repository openIn(DirectoryRoom room) {
        return Repository.open(
                new VerifyingBlobStore(LocalBlobStore.open(directory)),
                Clock.systemUTC(),
                Uptime.fromNow(),
                Retention.STANDARD,
                Stores.ALONE,
                room);
    }

    private static Pack tinyBlobs(int number) {
        try (PackBuilder builder = new PackBuilder()) {
            for (int at = 0; at < 4000; at++) {
                byte[] plain =
                        ByteBuffer.allocate(8).putInt(number + 1).putInt(at).array();
                builder.add(BlobKind.CHUNK, Sha256.of(plain), plain, 0, plain.length);
            }
            return builder.build();
        }
    }

    @Test
    void aFlippedBitInAChunkIsFoundWhenItIsRead() throws Exception {
        try (Repository repository = Stores.open(directory)) {
            byte[] bytes = Stores.noise(1_000_000, 4);
            Content content = Stores.put(repository, bytes);
            List<Digest> leaves = new ContentReader(repository.exchange()).leaves(content, 0, 16);
            byte[] pack = Files.readAllBytes(packs().getFirst());
            pack[500_000] ^= 1;
            Files.write(packs().getFirst(), pack);

            assertFails(ErrorCode.HASH_MISMATCH, () -> read(repository, content));

            // Nobody builds on it from then on: whoever captures the same again is asked to bring it.
            Until.reached(
                    Duration.ofSeconds(60),
                    () -> repository.exchange().missing(leaves).cardinality() == 1);
            Content again = Stores.put(repository, bytes);
            repository.seal(ReferenceName.of(ImageId.random()), Stores.image(again));
            assertThat(read(repository, again)).isEqualTo(bytes);
        }
    }

    /// Whoever says what is not so achieves nothing.
    @Test
    void aPackThatIsWholeStaysWhateverIsSaidOfIt() throws Exception {
        byte[] bytes = Stores.noise(1_000_000, 6);
        AtomicInteger looks = new AtomicInteger();
        try (Repository repository = Repository.open(
                new VerifyingBlobStore(Stores.watched(LocalBlobStore.open(directory), call -> {
                    if (call.equals("get")) {
                        looks.incrementAndGet();
                    }
                })),
                Clock.systemUTC())) {
            Content content = Stores.put(repository, bytes);
            Digest root = content.index().digest();
            List<Path> before = packs();

            repository.exchange().suspect(root);
            Until.reached(
                    Duration.ofSeconds(60),
                    () -> looks.get() == 1 && repository.state().suspects.isIdle());
            repository.exchange().suspect(root);

            assertThat(repository.state().suspects.isIdle())
                    .as("it is trusted for a while")
                    .isTrue();
            assertThat(packs()).isEqualTo(before);
            assertThat(repository.exchange().missing(List.of(root)).isEmpty()).isTrue();
        }
    }

    @Test
    void sealingAnIncrementWalksWhatChanged() {
        Digest chunk = new Digest(1, 1, 1, 1);
        BlobDirectory blobs = new BlobDirectory(DirectoryRoom.ofHeap());
        AtomicInteger fetches = new AtomicInteger();
        Map<Digest, byte[]> nodes = new HashMap<>();
        SealCheck check = new SealCheck(blobs, new WholeNodes(), digest -> {
            fetches.incrementAndGet();
            byte[] node = nodes.get(digest);
            if (node == null) {
                throw new StasisException(ErrorCode.MISSING_OBJECT, "no such node");
            }
            return Node.decode(ByteBuffer.wrap(node));
        });
        blobs.add(
                ObjectName.newPack(Sha256.of(new byte[] {1})),
                ByteCount.ofMib(1),
                List.of(entry(chunk), entry(new Digest(2, 2, 2, 2))),
                Duration.ZERO);
        Content base = tree(nodes, chunk, -1);
        Content changed = tree(nodes, chunk, 77_777);

        check.requireWhole(base);
        int first = fetches.getAndSet(0);
        check.requireWhole(changed);
        int second = fetches.getAndSet(0);
        check.requireWhole(changed);

        // 128 Ki equal leaves have one node a level, but for the root of its own shape.
        assertThat(first).isEqualTo(3);
        assertThat(second).isEqualTo(3);
        assertThat(fetches.get()).isLessThanOrEqualTo(1);
    }

    /// Another replica may find it in the store, and propose to remove it, before it stands in this directory.
    @Test
    void aPackThatIsOnItsWayIsNeeded() {
        BlobDirectory directory = new BlobDirectory(DirectoryRoom.ofHeap());
        ObjectName arriving = ObjectName.newPack(Sha256.of(new byte[] {1}));
        ObjectName other = ObjectName.newPack(Sha256.of(new byte[] {2}));

        directory.expect(arriving);
        assertThat(directory.usedSince(Set.of(arriving, other), Duration.ZERO)).containsExactly(arriving);

        directory.expectNoMore(arriving);
        assertThat(directory.usedSince(Set.of(arriving, other), Duration.ZERO)).isEmpty();
    }

    @Test
    void theDirectoryFindsEachOfMany() {
        BlobDirectory directory = new BlobDirectory(DirectoryRoom.ofHeap());
        Random random = new Random(5);
        Map<Digest, PackEntry> expected = new HashMap<>();
        Map<Digest, ObjectName> packOf = new HashMap<>();
        for (int pack = 0; pack < 300; pack++) {
            ObjectName name = ObjectName.newPack(new Digest(pack, 0, 0, 1));
            List<PackEntry> entries = new ArrayList<>();
            int count = random.nextInt(1500);
            for (int blob = 0; blob < count; blob++) {
                // Some come twice, and many begin alike: made to order by someone hostile.
                Digest digest = new Digest(random.nextInt(3), random.nextInt(200_000), 7, random.nextInt(2));
                boolean zstd = random.nextBoolean();
                int plain = 2 + random.nextInt(65_535);
                entries.add(new PackEntry(
                        random.nextBoolean() ? BlobKind.CHUNK : BlobKind.NODE,
                        zstd ? Encoding.ZSTD : Encoding.PLAIN,
                        digest,
                        plain,
                        zstd ? 1 + random.nextInt(plain - 1) : plain,
                        random.nextInt(1 << 24)));
            }
            directory.add(name, ByteCount.ofMib(1), entries, Duration.ZERO);
            entries.forEach(entry -> {
                if (expected.putIfAbsent(entry.digest(), entry) == null) {
                    packOf.put(entry.digest(), name);
                }
            });
        }

        assertThat(directory.size()).isEqualTo(expected.size()).isGreaterThan(90_000);
        expected.forEach((digest, entry) ->
                assertThat(directory.find(digest)).contains(new BlobDirectory.Found(packOf.get(digest), entry)));
        assertThat(directory.hasAll(List.of(new Digest(9, 9, 9, 9)))).isFalse();
        assertThat(directory.find(new Digest(9, 9, 9, 9))).isEmpty();
    }

    /// A disk of 128 Ki equal leaves, one of which may be another.
    private static Content tree(Map<Digest, byte[]> nodes, Digest chunk, int changed) {
        Digest[] level = new Digest[1 << 17];
        Arrays.fill(level, chunk);
        if (changed >= 0) {
            level[changed] = new Digest(2, 2, 2, 2);
        }
        for (int height = 1; level.length > 1; height++) {
            Digest[] above = new Digest[Math.ceilDiv(level.length, 64)];
            for (int at = 0; at < above.length; at++) {
                byte[] node = new Node(
                                height, Arrays.asList(level).subList(at * 64, Math.min(level.length, at * 64 + 64)))
                        .encode();
                above[at] = Sha256.of(node);
                nodes.put(above[at], node);
            }
            level = above;
        }
        return new Content(new IndexId(level[0]), ByteCount.ofBytes(65_536L << 17));
    }

    private static PackEntry entry(Digest digest) {
        return new PackEntry(BlobKind.CHUNK, Encoding.PLAIN, digest, 65_536, 65_536, 8);
    }

    private static byte[] read(Repository repository, Content content) {
        byte[] bytes = new byte[(int) content.size().bytes()];
        new ContentReader(repository.exchange()).read(content, 0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    private List<Path> packs() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("packs"))) {
            return new ArrayList<>(files.filter(Files::isRegularFile).toList());
        }
    }

    private static void assertFails(ErrorCode code, Runnable attempt) {
        assertThatThrownBy(attempt::run).isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
