package cloud.stasis.chunks;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.stasis.model.ByteCount;
import cloud.stasis.model.Content;
import cloud.stasis.model.IndexId;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/// Whatever changes between two uploads, an increment gives what a full upload gives.
class IncrementPropertiesTest {
    private final MemoryContentStore store = new MemoryContentStore();

    @Property(tries = 150)
    void anIncrementEqualsAFullUpload(
            @ForAll @IntRange(max = 9_000_000) int before,
            @ForAll @IntRange(max = 9_000_000) int after,
            @ForAll @Size(max = 8) List<@IntRange(max = 9_000_000) Integer> offsets,
            @ForAll @IntRange(max = 300_000) int length,
            @ForAll long seed) {
        Bytes first = Bytes.mixed(before, seed);
        Content base = full(first);
        Bytes second = new Bytes(Arrays.copyOf(first.bytes, after));
        List<Extent> changed =
                offsets.stream().map(offset -> new Extent(offset, length)).toList();
        Random random = new Random(seed);
        for (Extent extent : changed) {
            for (long at = extent.offset(); at < Math.min(after, extent.end()); at++) {
                second.bytes[(int) at] = (byte) (random.nextInt(8) == 0 ? 1 : 0);
            }
        }

        Content content =
                store.upload(second, base, changed, TransferListener.NONE).content();

        assertThat(content).isEqualTo(full(second));
        assertThat(store.small(content, content.size())).isEqualTo(second.bytes);
    }

    private Content full(Bytes bytes) {
        return store.upload(
                        bytes,
                        new Content(IndexId.ZERO, ByteCount.ZERO),
                        List.of(new Extent(0, bytes.bytes.length)),
                        TransferListener.NONE)
                .content();
    }
}
