package cloud.stasis.chunks.format;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.model.Digest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PackRemainsTest {
    private final Map<Digest, byte[]> blobs = new HashMap<>();
    private final byte[] whole = pack();

    @Test
    void aWholePackRemainsWhole() {
        assertThat(PackRemains.of(whole)).isEqualTo(PackDirectory.of(whole));
    }

    @Test
    void oneFlippedBitOfTheDirectoryCostsOneBlobAtMost() {
        int directory = whole.length - Pack.TRAILER_BYTES - blobs.size() * Pack.ENTRY_BYTES;
        for (int bit = directory * 8; bit < whole.length * 8; bit++) {
            byte[] damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);

            List<PackEntry> remains = PackRemains.of(damaged);

            assertThat(remains).as("bit " + bit).hasSizeGreaterThanOrEqualTo(blobs.size() - 1);
            requireRight(damaged, remains);
        }
    }

    @Test
    void aRottenBlobIsNotGivenUnderItsName() {
        byte[] damaged = whole.clone();
        damaged[whole.length - 50] ^= 1;
        damaged[Pack.HEADER_BYTES + 10] ^= 1;

        List<PackEntry> remains = PackRemains.of(damaged);

        requireRight(damaged, remains);
        assertThat(remains.stream().map(PackEntry::digest).filter(blobs::containsKey))
                .hasSize(blobs.size() - 1);
    }

    @Test
    void nothingRemainsOfWhatIsNoPack() {
        byte[] noise = new byte[100_000];
        new Random(1).nextBytes(noise);

        assertThat(PackRemains.of(noise)).isEmpty();
        assertThat(PackRemains.of(new byte[0])).isEmpty();
        assertThat(PackRemains.of(new byte[100])).isEmpty();
        assertThat(PackRemains.of(Arrays.copyOf(whole, whole.length - 50))).isEmpty();
    }

    private void requireRight(byte[] pack, List<PackEntry> remains) {
        for (PackEntry entry : remains) {
            byte[] plain = new Pack(entry.digest(), pack).blob(entry).decode(entry.digest());
            byte[] known = blobs.get(entry.digest());
            if (known != null) {
                assertThat(plain).isEqualTo(known);
            }
        }
    }

    /// Chunks that shrink, chunks that do not, and a node.
    private byte[] pack() {
        Random random = new Random(2);
        try (PackBuilder builder = new PackBuilder()) {
            for (int size : new int[] {3000, 1, 500, 4000}) {
                byte[] noise = new byte[size];
                random.nextBytes(noise);
                add(builder, BlobKind.CHUNK, noise);
                byte[] text = new byte[size + 100];
                Arrays.fill(text, (byte) size);
                text[3] = 1;
                add(builder, BlobKind.CHUNK, text);
            }
            add(builder, BlobKind.NODE, new Node(1, List.of(new Digest(1, 2, 3, 4))).encode());
            return builder.build().bytes();
        }
    }

    private void add(PackBuilder builder, BlobKind kind, byte[] plain) {
        Digest digest = Sha256.of(plain);
        blobs.put(digest, plain);
        builder.add(kind, digest, plain, 0, plain.length);
    }
}
