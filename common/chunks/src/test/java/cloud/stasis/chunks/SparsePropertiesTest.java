package cloud.stasis.chunks;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.chunks.format.TreeShape;
import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.IndexId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Deep trees: disks of up to 20 TiB of which a few leaves are written, grown, shrunk and written again.
class SparsePropertiesTest {
    private static final int LEAF = TreeShape.LEAF_BYTES;

    private final MemoryContentStore store = new MemoryContentStore();

    @Property(tries = 200)
    void anIncrementOfASparseDiskEqualsAFullUpload(
            @ForAll("sizes") long before,
            @ForAll("sizes") long after,
            @ForAll("offsets") List<Long> first,
            @ForAll("offsets") List<Long> second) {
        Map<Long, Integer> leaves = new HashMap<>();
        List<Extent> firstExtents = write(leaves, first, before, 1);
        Content base = upload(leaves, before, new Content(IndexId.ZERO, ByteCount.ZERO), firstExtents);
        leaves.keySet().removeIf(leaf -> leaf * LEAF >= after);
        List<Extent> changed = write(leaves, second, after, 2);

        Content increment = upload(leaves, after, base, changed);

        List<Extent> all = new ArrayList<>(
                leaves.keySet().stream().map(leaf -> new Extent(leaf * LEAF, 1)).toList());
        assertThat(increment)
                .isEqualTo(upload(leaves, after, new Content(IndexId.ZERO, ByteCount.ofBytes(after)), all));
        for (long leaf : leaves.keySet()) {
            byte[] read = new byte[(int) Math.min(LEAF, after - leaf * LEAF)];
            store.read(increment, leaf * LEAF, ByteBuffer.wrap(read));
            assertThat(read).isEqualTo(noise(leaf, leaves.get(leaf), read.length));
        }
    }

    /// Where trees get deeper, give or take a little, and anywhere.
    @Provide
    Arbitrary<Long> sizes() {
        Arbitrary<Long> edges = Arbitraries.of(1, 2, 3, 4).flatMap(level -> Arbitraries.longs()
                .between(-2L * LEAF, 2L * LEAF)
                .map(more -> TreeShape.leavesPerPlace(level) * LEAF + more));
        return Arbitraries.oneOf(edges, Arbitraries.longs().between(1, 20L << 40));
    }

    @Provide
    Arbitrary<List<Long>> offsets() {
        return Arbitraries.longs().between(0, 20L << 40).list().ofMaxSize(6);
    }

    /// Writes a leaf at each offset, taken modulo the size of the disk.
    private static List<Extent> write(Map<Long, Integer> leaves, List<Long> offsets, long size, int version) {
        List<Extent> extents = new ArrayList<>();
        for (long offset : offsets) {
            leaves.put(offset % size / LEAF, version);
            extents.add(new Extent(offset % size, 1));
        }
        return extents;
    }

    private Content upload(Map<Long, Integer> leaves, long size, Content base, List<Extent> changed) {
        ContentSource source = new ContentSource() {
            @Override
            public ByteCount size() {
                return ByteCount.ofBytes(size);
            }

            @Override
            public void read(long offset, ByteBuffer into) {
                while (into.hasRemaining()) {
                    int length = Math.min(LEAF, into.remaining());
                    into.put(noise(offset / LEAF, leaves.getOrDefault(offset / LEAF, 0), length));
                    offset += length;
                }
            }
        };
        return store.upload(source, base, changed, TransferListener.NONE).content();
    }

    private static byte[] noise(long leaf, int version, int length) {
        byte[] bytes = new byte[LEAF];
        if (version > 0) {
            new Random(31 * leaf + version).nextBytes(bytes);
        }
        return java.util.Arrays.copyOf(bytes, length);
    }
}
