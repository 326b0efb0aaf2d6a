package cloud.stasis.chunks.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import cloud.stasis.model.Digest;
import cloud.stasis.model.StasisException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class PackPropertiesTest {
    @Property(tries = 200)
    void aPackGivesBackExactlyWhatWentIn(
            @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 1, max = 65_536) Integer> lengths,
            @ForAll @IntRange(max = 255) int spread) {
        Map<Digest, byte[]> blobs = new HashMap<>();
        try (PackBuilder builder = new PackBuilder()) {
            for (int length : lengths) {
                byte[] blob = new byte[length];
                new Random(length).nextBytes(blob);
                for (int at = 0; at < length; at++) {
                    blob[at] = (byte) (blob[at] & spread | 1);
                }
                blobs.put(Sha256.of(blob), blob);
                builder.add(BlobKind.CHUNK, Sha256.of(blob), blob, 0, length);
            }
            Pack pack = builder.build();

            List<PackEntry> entries = pack.verify();

            assertThat(entries).extracting(PackEntry::digest).doesNotHaveDuplicates();
            assertThat(entries).hasSize(blobs.size()).allSatisfy(entry -> assertThat(
                            pack.blob(entry).decode(entry.digest()))
                    .isEqualTo(blobs.get(entry.digest())));
        }
    }

    /// Whatever bytes come under their own name: they are a pack or they are refused, in bounded time and
    /// memory.
    @Property(tries = 2000)
    void noBytesDoHarm(@ForAll @Size(max = 400) byte[] bytes, @ForAll @IntRange(max = 300) int cut, @ForAll int seed) {
        byte[] pack = hostile(bytes, cut, seed);

        Digest name = Digest.of(Arrays.copyOf(
                Arrays.copyOfRange(pack, Math.max(0, pack.length - Pack.TRAILER_BYTES), pack.length), Digest.LENGTH));

        assertThatCode(() -> new Pack(name, pack).verify())
                .satisfiesAnyOf(thrown -> assertThat(thrown).isNull(), thrown -> assertThat(thrown)
                        .isInstanceOf(StasisException.class));
    }

    /// A real pack whose end says something else.
    private static byte[] hostile(byte[] bytes, int cut, int seed) {
        try (PackBuilder builder = new PackBuilder()) {
            byte[] blob = Arrays.copyOf(bytes, bytes.length + 1);
            blob[bytes.length] = 1;
            builder.add(BlobKind.CHUNK, Sha256.of(blob), blob, 0, blob.length);
            byte[] pack = builder.build().bytes().clone();
            Random random = new Random(seed);
            int directory = pack.length - Pack.TRAILER_BYTES - Pack.ENTRY_BYTES;
            for (int change = 0; change < 3; change++) {
                int at = Math.max(0, pack.length - 1 - random.nextInt(Pack.TRAILER_BYTES + Pack.ENTRY_BYTES));
                pack[at] = (byte) random.nextInt();
            }
            // So that the directory's own hash does not end it all.
            Digest digest = Sha256.of(pack, directory, Pack.ENTRY_BYTES);
            System.arraycopy(digest.bytes(), 0, pack, pack.length - Pack.TRAILER_BYTES, Digest.LENGTH);
            return Arrays.copyOf(pack, Math.max(0, pack.length - (cut > 250 ? cut : 0)));
        }
    }
}
