package cloud.stasis.chunks.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Digest;
import cloud.stasis.model.ErrorCode;
import cloud.stasis.model.StasisException;
import com.github.luben.zstd.Zstd;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatTest {
    private static final int LEAF = TreeShape.LEAF_BYTES;

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "1, 1, 1",
        "65536, 1, 1",
        "65537, 2, 1",
        "4194304, 64, 1",
        "4194305, 65, 2",
        "268435456, 4096, 2",
        "268435457, 4097, 3",
        "1099511627776, 16777216, 4",
        "70368744177664, 1073741824, 5"
    })
    void theSizeAloneGivesTheShape(long size, long leaves, int depth) {
        TreeShape shape = new TreeShape(ByteCount.ofBytes(size));

        assertThat(shape.leafCount()).isEqualTo(leaves);
        assertThat(shape.depth()).isEqualTo(depth);
        if (depth > 0) {
            assertThat(shape.places(depth)).isEqualTo(1);
            assertThat(shape.children(depth, 0)).isBetween(1, 64);
        }
    }

    @Test
    void contentBeyondTheLimitIsRefused() {
        assertThatThrownBy(() -> new TreeShape(ByteCount.ofBytes(TreeShape.MAX_SIZE.bytes() + 1)))
                .isInstanceOf(StasisException.class);
    }

    /// The samples of `docs/design/store-format.md`: if one of these changes, every store in the field is
    /// unreadable.
    @Test
    void goldenSamples() {
        byte[] hello = "hello, store\n".getBytes(StandardCharsets.US_ASCII);
        Digest chunk = Sha256.of(hello);
        byte[] node = new Node(1, List.of(chunk)).encode();
        assertThat(chunk).hasToString("7b78d8e7e5025a4492b4d04db359d41e84aa08eff030283be077dbd08de7de82");
        assertThat(HexFormat.of().formatHex(node)).isEqualTo("534e4f4401010001" + chunk);
        assertThat(Sha256.of(node)).hasToString("93a9d355d74d3f347d98bbeea1ac0056511efb81b2199276500c5ddebb62f4ed");
        try (PackBuilder builder = new PackBuilder()) {
            builder.add(BlobKind.CHUNK, chunk, hello, 0, hello.length);
            builder.add(BlobKind.NODE, Sha256.of(node), node, 0, node.length);
            Pack pack = builder.build();
            assertThat(pack.name()).hasToString("8360797f1d57023bf0655db29d585dc0e918c992dc6ddedc228ae98eeeee2fca");
            assertThat(pack.bytes()).hasSize(8 + 13 + 40 + 2 * 44 + 40);
        }
    }

    @Test
    void aNodeHasOneForm() {
        Node node = new Node(2, List.of(digest(1), Digest.ZERO, digest(2)));
        byte[] bytes = node.encode();

        assertThat(Node.decode(ByteBuffer.wrap(bytes))).isEqualTo(node);
        for (int at = 0; at < 8; at++) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= (byte) 0x40;
            assertMalformed(() -> Node.decode(ByteBuffer.wrap(damaged)));
        }
        assertMalformed(() -> Node.decode(ByteBuffer.wrap(Arrays.copyOf(bytes, bytes.length + 1))));
        assertMalformed(() -> Node.decode(ByteBuffer.wrap(bytes, 0, bytes.length - 1)));
        assertMalformed(() -> Node.decode(ByteBuffer.wrap(new byte[0])));
        assertMalformed(() -> new Node(1, Collections.nCopies(64, Digest.ZERO)));
        assertMalformed(() -> new Node(1, Collections.nCopies(65, digest(1))));
        assertMalformed(() -> new Node(6, List.of(digest(1))));
        assertMalformed(() -> new Node(1, List.of()));
    }

    @Test
    void aPackGivesBackItsBlobs() {
        byte[] text = "what compresses well ".repeat(2000).getBytes(StandardCharsets.US_ASCII);
        byte[] noise = noise(LEAF, 1);
        Pack pack = pack(text, noise, new byte[] {9});

        List<PackEntry> entries = pack.verify();

        assertThat(entries)
                .extracting(PackEntry::encoding)
                .containsExactly(Encoding.ZSTD, Encoding.PLAIN, Encoding.PLAIN);
        assertThat(pack.blob(entries.get(0)).decode(entries.get(0).digest())).isEqualTo(text);
        assertThat(pack.blob(entries.get(1)).decode(entries.get(1).digest())).isEqualTo(noise);
        assertThat(pack.bytes().length).isLessThan(LEAF + text.length / 4);
    }

    @Test
    void theDirectoryIsReadFromTheEndAlone() {
        Pack pack = pack(noise(5000, 2), noise(7000, 3));
        ByteBuffer bytes = ByteBuffer.wrap(pack.bytes());
        int trailer = PackDirectory.trailerBytes();

        int tail = PackDirectory.tailLength(bytes.slice(pack.bytes().length - trailer, trailer));

        assertThat(PackDirectory.parse(bytes.slice(pack.bytes().length - tail, tail), pack.bytes().length))
                .isEqualTo(pack.verify());
    }

    @Test
    void aFlippedBitAnywhereInAPackIsFound() {
        Pack pack = pack("some text ".repeat(500).getBytes(StandardCharsets.US_ASCII), noise(300, 4));
        for (int at = 0; at < pack.bytes().length; at++) {
            byte[] damaged = pack.bytes().clone();
            damaged[at] ^= 1;
            assertFound(() -> new Pack(pack.name(), damaged).verify());
            // Even if its name were made to fit.
            assertFound(() -> new Pack(nameIn(damaged), damaged).verify());
        }
    }

    @Test
    void aTruncatedPackIsRefusedAtEveryLength() {
        Pack pack = pack(noise(300, 5));
        for (int length = 0; length < pack.bytes().length; length++) {
            byte[] cut = Arrays.copyOf(pack.bytes(), length);
            assertMalformed(() -> new Pack(pack.name(), cut).verify());
        }
    }

    @Test
    void aDecompressionBombIsNeverExpanded() {
        byte[] bomb = Zstd.compress(new byte[64 * 1024 * 1024], 1);
        byte[] room = new byte[LEAF];

        StoredBlob claimsALeaf = new StoredBlob(Encoding.ZSTD, LEAF, bomb, 0, bomb.length);

        assertThat(bomb.length).isLessThan(LEAF);
        assertFails(ErrorCode.HASH_MISMATCH, () -> claimsALeaf.decode(digest(1), room, 0));
        assertMalformed(() -> new StoredBlob(Encoding.ZSTD, LEAF + 1, bomb, 0, bomb.length));
    }

    @Test
    void aPackOfHostileEntriesIsRefused() {
        byte[] zeros = new byte[100];
        assertMalformed(() -> pack(BlobKind.CHUNK, zeros).verify());
        assertMalformed(() -> pack(BlobKind.NODE, noise(40, 6)).verify());
        byte[] large = new byte[Pack.MAX_BYTES + 1];
        assertMalformed(() -> new Pack(digest(1), large).verify());
    }

    private static Pack pack(BlobKind kind, byte[] plain) {
        try (PackBuilder builder = new PackBuilder()) {
            builder.add(kind, Sha256.of(plain), plain, 0, plain.length);
            return builder.build();
        }
    }

    private static Pack pack(byte[]... chunks) {
        try (PackBuilder builder = new PackBuilder()) {
            for (byte[] chunk : chunks) {
                builder.add(BlobKind.CHUNK, Sha256.of(chunk), chunk, 0, chunk.length);
            }
            return builder.build();
        }
    }

    private static byte[] noise(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static Digest digest(int seed) {
        return new Digest(seed, 2, 3, 4);
    }

    /// What the trailer of a pack says that its name is.
    private static Digest nameIn(byte[] pack) {
        return Digest.read(ByteBuffer.wrap(pack, pack.length - PackDirectory.trailerBytes(), Digest.LENGTH));
    }

    private static void assertFound(Runnable attempt) {
        assertThatThrownBy(attempt::run).isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                .isIn(ErrorCode.HASH_MISMATCH, ErrorCode.MALFORMED_OBJECT));
    }

    private static void assertMalformed(Runnable attempt) {
        assertFails(ErrorCode.MALFORMED_OBJECT, attempt);
    }

    private static void assertFails(ErrorCode code, Runnable attempt) {
        assertThatThrownBy(attempt::run).isInstanceOfSatisfying(StasisException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
