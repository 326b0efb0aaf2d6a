package cloud.stasis.chunks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.chunks.format.BlobKind;
import cloud.stasis.chunks.format.Node;
import cloud.stasis.chunks.format.Pack;
import cloud.stasis.chunks.format.PackBuilder;
import cloud.stasis.chunks.format.Sha256;
import cloud.stasis.chunks.format.StoredBlob;
import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.IndexId;
import cloud.stasis.model.StasisException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentStoreTest {
    private static final int LEAF = TreeShape.LEAF_BYTES;
    private static final Content NOTHING = new Content(IndexId.ZERO, ByteCount.ZERO);

    private final MemoryContentStore store = new MemoryContentStore();

    @TempDir
    Path directory;

    @Test
    void givesBackWhatWasUploaded() throws IOException {
        Bytes source = Bytes.mixed(37 * 1024 * 1024 + 1000, 1);

        Content content = upload(source).content();

        assertThat(content.size()).isEqualTo(source.size());
        assertThat(small(content)).isEqualTo(source.bytes);
        Path file = directory.resolve("disk.raw");
        store.download(content, file, TransferListener.NONE);
        assertThat(Files.readAllBytes(file)).isEqualTo(source.bytes);
        assertThat(directory.toFile().list()).containsExactly("disk.raw");
    }

    @Test
    void equalBytesHaveEqualNamesAndAreStoredOnce() {
        UploadResult first = upload(Bytes.mixed(20 * 1024 * 1024, 2));
        ByteCount stored = store.storedSize();

        UploadResult again = upload(Bytes.mixed(20 * 1024 * 1024, 2));

        assertThat(again.content()).isEqualTo(first.content());
        assertThat(again.sent()).isEqualTo(ByteCount.ZERO);
        assertThat(again.shared().bytes()).isPositive();
        assertThat(store.storedSize()).isEqualTo(stored);
    }

    @Test
    void zerosAreNeverStored() {
        UploadResult result = upload(new Bytes(new byte[9 * 1024 * 1024 + 5]));

        assertThat(result.content().index()).isEqualTo(IndexId.ZERO);
        assertThat(result.sent()).isEqualTo(ByteCount.ZERO);
        assertThat(small(result.content())).containsOnly(0);
    }

    @Test
    void emptyContentIsContent() throws IOException {
        UploadResult result = upload(new Bytes(new byte[0]));

        assertThat(result.content()).isEqualTo(NOTHING);
        store.download(result.content(), directory.resolve("empty"), TransferListener.NONE);
        assertThat(directory.resolve("empty")).isEmptyFile();
    }

    @Test
    void anIncrementReadsOnlyWhatChangedAndGivesTheNameOfAFullUpload() {
        Bytes source = Bytes.mixed(64 * 1024 * 1024, 3);
        Content base = upload(source).content();
        Bytes changed = new Bytes(source.bytes.clone());
        changed.bytes[5_000_000] ^= 1;
        changed.bytes[50_000_000] ^= 1;

        UploadResult result = store.upload(
                changed, base, List.of(new Extent(5_000_000, 1), new Extent(50_000_000, 1)), TransferListener.NONE);

        assertThat(changed.readBytes()).isEqualTo(2 * LEAF);
        assertThat(result.read()).isEqualTo(ByteCount.ofBytes(2 * LEAF));
        assertThat(result.sent().bytes()).isLessThan(2 * LEAF + 4 * Node.MAX_BYTES + 1000);
        assertThat(result.content()).isEqualTo(upload(changed).content());
    }

    @Test
    void aChangedExtentThatHoldsTheSameBytesCostsNothing() {
        Bytes source = Bytes.mixed(8 * 1024 * 1024, 4);
        Content base = upload(source).content();

        UploadResult result =
                store.upload(source, base, List.of(new Extent(0, 4 * 1024 * 1024)), TransferListener.NONE);

        assertThat(result.content()).isEqualTo(base);
        assertThat(result.sent()).isEqualTo(ByteCount.ZERO);
    }

    @Test
    void aDiskMayGrowAndShrink() {
        for (int[] sizes : new int[][] {
            {100, 5 * 1024 * 1024}, {LEAF, 64 * LEAF}, {64 * LEAF, 65 * LEAF}, {64 * LEAF - 1, 300 * LEAF + 7},
            {300 * LEAF + 7, 64 * LEAF - 1}, {5000 * LEAF, 3 * LEAF}, {3 * LEAF + 1, 5000 * LEAF + 1}, {300 * LEAF, 0},
            {0, 70 * LEAF}, {300 * LEAF + 9, 300 * LEAF + 10}
        }) {
            Bytes before = Bytes.mixed(sizes[0], 5);
            Bytes after = new Bytes(Arrays.copyOf(before.bytes, sizes[1]));

            Content content = store.upload(after, upload(before).content(), List.of(), TransferListener.NONE)
                    .content();

            assertThat(content)
                    .as(Arrays.toString(sizes))
                    .isEqualTo(upload(after).content());
            assertThat(after.readBytes()).isLessThanOrEqualTo(sizes[1] + LEAF);
        }
    }

    @Test
    void aDiskThatGrewMayChangeBeyondTheEndOfItsBase() {
        Bytes before = Bytes.mixed(300 * LEAF, 5);
        Bytes after = new Bytes(Arrays.copyOf(before.bytes, 5000 * LEAF));
        int far = 4900 * LEAF;
        after.bytes[far] = 1;

        Content content = store.upload(
                        after, upload(before).content(), List.of(new Extent(far, 1)), TransferListener.NONE)
                .content();

        assertThat(content).isEqualTo(upload(after).content());
    }

    @Test
    void scatteredChangesOfAHugeDiskWriteIndexInProportion() {
        ByteCount size = ByteCount.ofGib(1024);
        Random random = new Random(6);
        List<Extent> extents = new ArrayList<>();
        for (int at = 0; at < 800; at++) {
            extents.add(new Extent(random.nextLong(size.bytes() / LEAF) * LEAF, LEAF));
        }
        ContentSource noise = new ContentSource() {
            @Override
            public ByteCount size() {
                return size;
            }

            @Override
            public void read(long offset, ByteBuffer into) {
                byte[] bytes = new byte[into.remaining()];
                new Random(offset).nextBytes(bytes);
                into.put(bytes);
            }
        };

        UploadResult result = store.upload(noise, new Content(IndexId.ZERO, size), extents, TransferListener.NONE);

        long data = result.read().bytes();
        assertThat(data).isEqualTo(extents.stream().distinct().count() * LEAF);
        assertThat(result.sent().bytes() - data).as("index").isLessThan(data / 15);
        byte[] leaf = new byte[LEAF];
        new Random(extents.get(17).offset()).nextBytes(leaf);
        byte[] read = new byte[LEAF];
        store.read(result.content(), extents.get(17).offset(), ByteBuffer.wrap(read));
        assertThat(read).isEqualTo(leaf);
    }

    @Test
    void rangesAreReadAcrossLeavesAndRefusedBeyondTheEnd() {
        Bytes source = Bytes.mixed(12 * 1024 * 1024 + 77, 8);
        Content content = upload(source).content();
        for (int[] range :
                new int[][] {{0, 1}, {65_535, 2}, {1_000_001, 5_000_003}, {12 * 1024 * 1024 + 70, 7}, {9, 0}}) {
            byte[] read = new byte[range[1]];
            store.read(content, range[0], ByteBuffer.wrap(read));
            assertThat(read).isEqualTo(Arrays.copyOfRange(source.bytes, range[0], range[0] + range[1]));
        }
        assertFails(
                ErrorCode.INVALID_REQUEST, () -> store.read(content, source.bytes.length - 1, ByteBuffer.allocate(2)));
        assertFails(ErrorCode.MALFORMED_OBJECT, () -> store.small(content, ByteCount.ofBytes(10)));
    }

    @Test
    void aMissingChunkIsSaidSoAndLeavesNoFile() {
        Digest nowhere = Sha256.of(new byte[] {1});
        Content content = put(new Node(1, List.of(nowhere, Digest.ZERO)), 2 * LEAF);

        assertFails(
                ErrorCode.MISSING_OBJECT, () -> store.download(content, directory.resolve("d"), TransferListener.NONE));
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void anIndexOfAnotherShapeIsRefused() {
        byte[] leaf = new byte[LEAF];
        leaf[0] = 1;
        Digest chunk = put(BlobKind.CHUNK, leaf);
        Digest shortChunk = put(BlobKind.CHUNK, new byte[] {1, 2, 3});
        Content wrongCount = put(new Node(1, List.of(chunk, chunk, chunk)), 2 * LEAF);
        Content wrongLevel = put(new Node(2, List.of(chunk)), LEAF);
        Content shortLeaf = put(new Node(1, List.of(shortChunk, chunk)), 2 * LEAF);
        Content chunkAsRoot = new Content(new IndexId(chunk), ByteCount.ofBytes(LEAF));

        for (Content hostile : List.of(wrongCount, wrongLevel, shortLeaf, chunkAsRoot)) {
            assertFails(ErrorCode.MALFORMED_OBJECT, () -> small(hostile));
            assertFails(
                    ErrorCode.MALFORMED_OBJECT,
                    () -> store.download(hostile, directory.resolve("d"), TransferListener.NONE));
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aLyingStoreIsFoundOut() {
        Bytes source = Bytes.mixed(3 * 1024 * 1024, 9);
        Content content = upload(source).content();
        BlobExchange liar = new BlobExchange() {
            @Override
            public java.util.BitSet missing(List<Digest> digests) {
                return new java.util.BitSet();
            }

            @Override
            public void put(Pack pack) {}

            @Override
            public void hold(Content content) {}

            @Override
            public List<StoredBlob> fetch(List<Digest> digests) {
                return store.exchange().fetch(digests).stream()
                        .map(blob -> {
                            byte[] bytes =
                                    Arrays.copyOfRange(blob.array(), blob.offset(), blob.offset() + blob.length());
                            bytes[bytes.length / 2] ^= 4;
                            return new StoredBlob(blob.encoding(), blob.plainLength(), bytes, 0, bytes.length);
                        })
                        .toList();
            }
        };
        ContentStore damaged = new ChunkedContentStore(liar, TransferThreads.forThisMachine());

        assertFails(ErrorCode.HASH_MISMATCH, () -> damaged.small(content, content.size()));
    }

    @Test
    void aCancelledUploadEndsSoonAndTouchesTheSourceNoMore() {
        Bytes source = Bytes.mixed(64 * 1024 * 1024, 10);
        TransferListener listener = new TransferListener() {
            @Override
            public void progressed(ByteCount done, ByteCount total) {}

            @Override
            public void checkCancelled() {
                if (source.readBytes() > 4 * 1024 * 1024) {
                    throw new StasisException(ErrorCode.CANCELLED, "enough");
                }
            }
        };

        assertFails(
                ErrorCode.CANCELLED,
                () -> store.upload(source, NOTHING, List.of(new Extent(0, source.bytes.length)), listener));
        long read = source.readBytes();
        assertThat(read).isLessThan(source.bytes.length);
        assertThat(source.readBytes()).isEqualTo(read);
    }

    @Test
    void aSourceThatCannotBeReadFailsTheUpload() {
        ContentSource broken = new ContentSource() {
            @Override
            public ByteCount size() {
                return ByteCount.ofMib(10);
            }

            @Override
            public void read(long offset, ByteBuffer into) throws IOException {
                throw new IOException("gone");
            }
        };

        assertThatThrownBy(() ->
                        store.upload(broken, NOTHING, List.of(new Extent(0, 10 * 1024 * 1024)), TransferListener.NONE))
                .isInstanceOf(StasisException.class)
                .hasRootCauseMessage("gone");
    }

    @Test
    void progressIsToldToTheEnd() {
        List<ByteCount> told = Collections.synchronizedList(new ArrayList<>());
        TransferListener listener = new TransferListener() {
            @Override
            public void progressed(ByteCount done, ByteCount total) {
                told.add(done);
                assertThat(total).isEqualTo(ByteCount.ofMib(32));
            }

            @Override
            public void checkCancelled() {}
        };
        Bytes source = Bytes.mixed(32 * 1024 * 1024, 11);

        Content content = store.upload(source, NOTHING, List.of(new Extent(0, source.bytes.length)), listener)
                .content();
        assertThat(told).isSorted().endsWith(ByteCount.ofMib(32));
        told.clear();
        store.download(content, directory.resolve("d"), listener);
        assertThat(told).isSorted().endsWith(ByteCount.ofMib(32));
    }

    @Test
    void aStreamGetsTheNameOfTheUpload() {
        Bytes source = Bytes.mixed(11 * 1024 * 1024 + 5, 12);
        TransferThreads threads = TransferThreads.forThisMachine();
        try (ContentWriter writer = new ContentWriter(store.exchange(), threads)) {
            for (int at = 0; at < source.bytes.length; at += 1024 * 1024) {
                byte[] segment = Arrays.copyOfRange(source.bytes, at, Math.min(source.bytes.length, at + 1024 * 1024));
                writer.append(segment, segment.length, () -> {});
            }

            assertThat(writer.finish()).isEqualTo(upload(source).content());
        }
    }

    @Test
    void knownLeavesAndZerosAreStreamedWithoutTheirBytes() {
        Bytes source = Bytes.mixed(4 * LEAF, 13);
        new Random(1).nextBytes(source.bytes);
        Content content = upload(source).content();
        List<Digest> leaves = new ContentReader(store.exchange()).leaves(content, 0, 4);
        byte[] expected = new byte[10_000 * LEAF];
        System.arraycopy(source.bytes, 0, expected, 0, LEAF);
        System.arraycopy(source.bytes, 2 * LEAF, expected, 9_000 * LEAF, LEAF);
        try (ContentWriter writer = new ContentWriter(store.exchange(), TransferThreads.forThisMachine())) {
            writer.appendKnown(leaves.getFirst());
            writer.appendZeros(ByteCount.ofBytes(8_999L * LEAF));
            writer.appendKnown(leaves.get(2));
            writer.appendZeros(ByteCount.ofBytes(999L * LEAF));

            assertThat(writer.finish()).isEqualTo(upload(new Bytes(expected)).content());
        }
    }

    private UploadResult upload(Bytes source) {
        UploadResult result =
                store.upload(source, NOTHING, List.of(new Extent(0, source.bytes.length)), TransferListener.NONE);
        source.reads.clear();
        return result;
    }

    private byte[] small(Content content) {
        return store.small(content, content.size());
    }

    private Content put(Node root, long size) {
        return new Content(new IndexId(put(BlobKind.NODE, root.encode())), ByteCount.ofBytes(size));
    }

    private Digest put(BlobKind kind, byte[] bytes) {
        try (PackBuilder builder = new PackBuilder()) {
            Digest digest = Sha256.of(bytes);
            builder.add(kind, digest, bytes, 0, bytes.length);
            store.exchange().put(builder.build());
            return digest;
        }
    }

    private static void assertFails(ErrorCode code, Runnable attempt) {
        assertThatThrownBy(attempt::run).isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
